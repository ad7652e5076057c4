import { functions, type Rejection, type Store, type StoredTable } from '../dynalite.ts';
import { canceled } from './canceled.ts';
import type { Action } from './request.ts';

/** An action and the item that it is for. */
export type Target = { readonly action: Action; readonly table: StoredTable; readonly key: string };

/**
 * Finds the items of a transaction. It is canceled for the first action that its table does not allow, and rejected for two
 * actions on one item.
 */
export const targetsOf = async (store: Store, actions: readonly Action[]): Promise<Target[]> => {
  const tables = await Promise.all(actions.map(({ TableName }) => tableNamed(store, TableName)));
  const tableOf = (index: number) => tables[index] as StoredTable;
  const problems = actions.map((action, index) => problemOf(action, tableOf(index)));
  const first = problems.findIndex(Boolean);
  if (first >= 0)
    throw canceled(
      actions.map((_, index) =>
        index === first ? { Code: 'ValidationError', Message: String(problems[first]?.message) } : undefined,
      ),
    );
  const targets = actions.map((action, index): Target => {
    const table = tableOf(index);
    return { action, table, key: functions().createKey(action.Item ?? action.Key ?? {}, table) };
  });
  if (new Set(targets.map(({ action, key }) => `${action.TableName}~${key}`)).size < targets.length)
    throw functions().validationError('Transaction request cannot include multiple operations on one item');
  return targets;
};

/** The keys of a transaction by their tables. */
export const keysOf = (targets: readonly Target[]): Map<string, string[]> => {
  const keys = new Map<string, string[]>();
  for (const { table, key } of targets)
    keys.set(table.TableName, [...(keys.get(table.TableName) ?? []), key]);
  return keys;
};

const problemOf = (
  { kind, Item, Key = {}, _updates, _projection }: Action,
  table: StoredTable,
): Rejection | null | undefined => {
  const all = functions();
  if (Item) return all.validateItem(Item, table);
  const problem = all.validateKey(Key, table);
  if (problem) return problem;
  if (kind === 'Update') return all.validateUpdates(undefined, _updates, table);
  return kind === 'Get' ? all.validateKeyPaths(_projection?.nestedPaths, table) : undefined;
};

const tableNamed = (store: Store, name: string): Promise<StoredTable> =>
  new Promise((resolve, reject) => {
    store.getTable(name, true, (error, table) => (table ? resolve(table) : reject(error)));
  });
