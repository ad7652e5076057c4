import { functions, type Item, partNames, type Store } from '../dynalite.ts';
import type { Settings } from '../expiry/settings.ts';
import { entryChanges } from '../expiry/tracking.ts';
import { locked } from '../locks.ts';
import type { Operation } from '../operations.ts';
import { canceled } from './canceled.ts';
import { rehearse } from './rehearsal.ts';
import { actionsOf, transactionOf } from './request.ts';
import { keysOf, type Target, targetsOf } from './targets.ts';
import type { Tokens } from './tokens.ts';

/** TransactWriteItems and TransactGetItems. A transaction waits for others on its items, where DynamoDB cancels one. */
export const transactionOperations = (
  store: Store,
  settings: Settings,
  tokens: Tokens,
): Readonly<Record<string, Operation>> => ({
  TransactWriteItems: {
    ...transactionOf(['ConditionCheck', 'Put', 'Delete', 'Update'], {
      ClientRequestToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
      ReturnItemCollectionMetrics: { type: 'String', enum: ['SIZE', 'NONE'] },
    }),
    async run(request, given) {
      const token = request.ClientRequestToken as string | undefined;
      const targets = await targetsOf(store, actionsOf(request));
      const items = await tokens.alone(token, () =>
        locked(store, keysOf(targets), async () => {
          if (token !== undefined && tokens.isUsed(token, given.TransactItems)) return undefined;
          return write(
            store,
            settings,
            targets,
            token === undefined ? undefined : tokens.changes(token, given.TransactItems),
          );
        }),
      );
      return consumed(request, targets, items ?? [], items === undefined);
    },
  },
  TransactGetItems: {
    ...transactionOf(['Get']),
    async run(request) {
      const targets = await targetsOf(store, actionsOf(request));
      const items = await locked(store, keysOf(targets), () =>
        Promise.all(targets.map(({ table, key }) => store.db.get(partNames.items(table.TableName) + key))),
      );
      return {
        Responses: targets.map(({ action }, index) => {
          const item = items[index] as Item | undefined;
          if (!item) return {};
          return { Item: action._projection ? functions().mapPaths(action._projection.paths, item) : item };
        }),
        ...consumed(request, targets, items as (Item | undefined)[], true),
      };
    },
  },
});

/** Writes everything in one batch or nothing; returns the larger of each item before and after. */
const write = async (
  store: Store,
  settings: Settings,
  targets: readonly Target[],
  token: ReturnType<Tokens['changes']> | undefined,
): Promise<(Item | undefined)[]> => {
  const rehearsed = await Promise.all(targets.map((target) => rehearse(store, target)));
  if (rehearsed.some(({ reason }) => reason)) throw canceled(rehearsed.map(({ reason }) => reason));
  const entries = rehearsed.flatMap(({ before, after }, index) => {
    const { table, key } = targets[index] as Target;
    return entryChanges(settings, table.TableName, key, before, after);
  });
  await store.db.batch([
    ...rehearsed.flatMap(({ changes }) => changes),
    ...entries,
    ...(token?.changes ?? []),
  ]);
  token?.written();
  return rehearsed.map(({ before, after }) => after ?? before);
};

/** Units by table; a transaction takes twice those of single operations. */
const consumed = (
  { ReturnConsumedCapacity }: Record<string, unknown>,
  targets: readonly Target[],
  items: readonly (Item | undefined)[],
  isRead: boolean,
): object => {
  if (ReturnConsumedCapacity !== 'TOTAL' && ReturnConsumedCapacity !== 'INDEXES') return {};
  const units = new Map<string, number>();
  for (const [index, { table }] of targets.entries()) {
    const of = 2 * functions().capacityUnits(items[index], isRead, true);
    units.set(table.TableName, (units.get(table.TableName) ?? 0) + of);
  }
  return {
    ConsumedCapacity: [...units].map(([TableName, CapacityUnits]) => ({
      TableName,
      CapacityUnits,
      [isRead ? 'ReadCapacityUnits' : 'WriteCapacityUnits']: CapacityUnits,
      ...(ReturnConsumedCapacity === 'INDEXES' ? { Table: { CapacityUnits } } : {}),
    })),
  };
};
