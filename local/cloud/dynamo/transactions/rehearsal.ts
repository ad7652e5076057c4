import { onBehalfOf } from '../../last-resort.ts';
import {
  actionOf,
  type Change,
  functions,
  type Item,
  type Part,
  partNames,
  type Rejection,
  type Store,
} from '../dynalite.ts';
import { type Reason, reasonOf } from './canceled.ts';
import { operations } from './request.ts';
import type { Target } from './targets.ts';

/** What an action would change. */
export type Rehearsed = {
  readonly reason: Reason;
  readonly changes: readonly Change[];
  readonly before: Item | undefined;
  readonly after: Item | undefined;
};

/**
 * Lets dynalite do an action without writing: conditions, updates and indexes are those of its operation for a single item. Call
 * it only while the item is locked.
 */
export const rehearse = async (store: Store, target: Target): Promise<Rehearsed> => {
  const { action, table, key } = target;
  const item = partNames.items(table.TableName) + key;
  const before = (await store.db.get(item)) as Item | undefined;
  const changes: Change[] = [];
  const recording = (prefix: string): Omit<Part, 'createValueStream'> => ({
    get: (_, done) => done(null, before),
    put: (at, value, done) => {
      changes.push({ type: 'put', key: prefix + at, value });
      done(null);
    },
    del: (at, done) => {
      changes.push({ type: 'del', key: prefix + at });
      done(null);
    },
    lock: (_, work) => work((done) => done),
  });
  const stage = Object.assign(Object.create(store) as Store, {
    getItemDb: (name: string) => recording(partNames.items(name)),
    getIndexDb: (kind: 'Local' | 'Global', name: string, index: string) =>
      recording(partNames.index(kind, name, index)),
  });
  const error = action.kind === 'ConditionCheck' ? checked(action, before) : await done(stage, target);
  if (error) {
    const isShown = action.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    return { reason: reasonOf(error, isShown ? before : undefined), changes: [], before, after: before };
  }
  const written = changes.find((change) => change.key === item);
  const after = written?.type === 'put' ? (written.value as Item) : written ? undefined : before;
  return { reason: undefined, changes, before, after };
};

const checked = (action: object, before: Item | undefined): Rejection | null | undefined =>
  functions().checkConditional(action, before);

/** An error in the middle of the action fails the transaction, whose items would stay locked. */
const done = (stage: Store, { action }: Target): Promise<Rejection | undefined> =>
  new Promise((resolve, reject) => {
    const run = (): void =>
      actionOf(operations[action.kind])(stage, action, (error) => {
        if (!error) return resolve(undefined);
        if (error instanceof Error && 'statusCode' in error) return resolve(error as Rejection);
        reject(error);
      });
    onBehalfOf(reject, run);
  });
