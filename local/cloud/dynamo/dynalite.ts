import { createRequire } from 'node:module';

/** A value of DynamoDB's wire format, such as `{ S: 'text' }`. */
export type Attribute = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Attribute>>;
export type KeyElement = { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' };

/** A table as dynalite stores it. */
export type StoredTable = {
  readonly TableName: string;
  readonly KeySchema: readonly KeyElement[];
  readonly GlobalSecondaryIndexes?: readonly StoredIndex[];
  readonly LocalSecondaryIndexes?: readonly StoredIndex[];
};
export type StoredIndex = { readonly IndexName: string; readonly KeySchema: readonly KeyElement[] };

type Done<Value = void> = (error: unknown, value?: Value) => void;

export type Change =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

/** The items of a table, or the entries of an index, by a key that dynalite computes. */
export type Part = {
  get(key: string, done: Done<Item>): void;
  put(key: string, value: Item, done: Done): void;
  del(key: string, done: Done): void;
  /** Runs `work` alone for these keys; `work` calls what `release(…)` returns when it is done. */
  lock(keys: string | readonly string[], work: (release: (done: () => void) => () => void) => void): void;
  /** Gives values by the event `data`. */
  createValueStream(options: object): ValueStream;
};

type ValueStream = { on(event: 'data', take: (item: Item) => void): ValueStream };

export type Positions = {
  readonly gte?: string;
  readonly gt?: string;
  readonly lt: string;
  readonly limit?: number;
};

/** The whole database of dynalite: a part's keys have its name before them. A batch is atomic. */
export type Root = {
  batch(changes: readonly Change[]): Promise<void>;
  get(key: string): Promise<unknown>;
  iterator(positions: Positions): { all(): Promise<[key: string, value: unknown][]> };
};

export type Store = {
  readonly options: { readonly maxItemSize: number };
  readonly db: Root;
  getTable(name: string, check: boolean, done: Done<StoredTable>): void;
  getItemDb(table: string): Part;
  getIndexDb(kind: 'Local' | 'Global', table: string, index: string): Part;
  deleteItemDb(table: string, done: Done): void;
};

export type Updates = { readonly paths: readonly unknown[]; readonly nestedPaths: unknown };

/** What a request has after its validation: expressions are parsed. */
export type Request = Readonly<Record<string, unknown>> & { readonly TableName: string };

/** An error with the answer that a client gets. */
export type Rejection = Error & { readonly statusCode: number; readonly body: Record<string, unknown> };

type IndexActions = {
  readonly puts: readonly { readonly index: string; readonly key: string; readonly item: Item }[];
  readonly deletes: readonly { readonly index: string; readonly key: string }[];
};

/** The functions of dynalite that are used here, or replaced. */
export type Functions = {
  create(options: object): Store;
  createKey(item: Item, table: StoredTable): string;
  /** The size of an item; with these choices, what dynalite measured that a page of DynamoDB counts for it. */
  itemSize(item: Item, isCompressed?: boolean, hasOverhead?: boolean, rangeKey?: string): number;
  validateItem(item: Item, table: StoredTable): Rejection | null | undefined;
  validateKey(key: Item, table: StoredTable, schema?: readonly KeyElement[]): Rejection | null | undefined;
  validateUpdates(attributes: unknown, updates: unknown, table: StoredTable): Rejection | null | undefined;
  validateKeyPaths(paths: unknown, table: StoredTable): Rejection | null | undefined;
  checkConditional(request: object, item: Item | undefined): Rejection | null | undefined;
  mapPaths(paths: unknown, item: Item): Item;
  getIndexActions(
    indexes: readonly StoredIndex[],
    before: Item | undefined,
    after: Item | undefined,
    table: StoredTable,
  ): IndexActions;
  updateIndexes(
    store: Store,
    table: StoredTable,
    before: Item | undefined,
    after: Item | undefined,
    done: Done,
  ): void;
  queryTable(
    store: Store,
    table: StoredTable,
    request: object,
    options: object,
    isLocal: boolean,
    fetches: boolean,
    startKeys: readonly string[],
    done: Done<object>,
  ): void;
  validationError(message: string): Rejection;
  capacityUnits(item: Item | undefined, isRead: boolean, isConsistent: boolean): number;
};

export type Validations = {
  checkTypes(input: object, types: object): Record<string, unknown>;
  checkValidations(input: object, types: object, custom: Validation['custom'], store: Store): void;
  validateAttributeValue(value: Attribute): string | undefined;
  validateExpressionParams(request: object, ...names: string[][]): string | undefined;
  validateExpressions(request: object): string | undefined;
};

/** The types of a request's members, and further rules; a rule answers with a message. */
export type Validation = {
  readonly types: object;
  readonly custom?: ((request: Record<string, unknown>, store: Store) => string | undefined) | undefined;
};

const inside = createRequire(createRequire(import.meta.url).resolve('dynalite'));

const Big: new (text: string) => { cmp(other: string): number } = inside('big.js');

/** Below zero if the first of two numbers is smaller, above it if it is larger. */
export const compareNumbers = (left: string, right: string): number => new Big(left).cmp(right);

/** Gives all parts of databases that are opened from now on another lock. */
export const lockWith = (openLock: () => Part['lock']): void => {
  inside('lock').Lock = openLock;
};

/** Dynalite's own functions; its modules call each other by these names, so that a replaced one is used. */
export const functions = (): Functions => inside('./db');
export const validations = (): Validations => inside('./validations');
/** The rules of one operation. */
export const validationOf = (operation: string): Validation => inside(`./validations/${operation}`);
/** The work of one operation. */
export const actionOf = (
  operation: string,
): ((store: Store, request: object, done: Done<Record<string, unknown>>) => void) =>
  inside(`./actions/${operation}`);

/** Opens dynalite, and gives its store too, which dynalite shows to nobody. */
export const withStore = <Opened>(open: () => Opened): { readonly opened: Opened; readonly store: Store } => {
  const all = functions();
  const { create } = all;
  let store: Store | undefined;
  all.create = (options) => {
    store = create(options);
    return store;
  };
  try {
    const opened = open();
    if (store) return { opened, store };
  } finally {
    all.create = create;
  }
  throw new Error('dynalite has opened no store');
};

/** The names under which the parts of a table are in the database. */
export const partNames = {
  items: (table: string) => `item-${table}~`,
  index: (kind: 'Local' | 'Global', table: string, index: string) =>
    `index-${kind.toLowerCase()}~${table}~${index}~`,
};

/** Every change of the indexes of a table that follows from a change of an item. */
export const indexChanges = (
  table: StoredTable,
  before: Item | undefined,
  after: Item | undefined,
): Change[] => {
  if (!before && !after) return [];
  return (['Local', 'Global'] as const).flatMap((kind) => {
    const { puts, deletes } = functions().getIndexActions(
      table[`${kind}SecondaryIndexes`] ?? [],
      before,
      after,
      table,
    );
    const at = (index: string, key: string) => partNames.index(kind, table.TableName, index) + key;
    return [
      ...deletes.map(({ index, key }): Change => ({ type: 'del', key: at(index, key) })),
      ...puts.map(({ index, key, item }): Change => ({ type: 'put', key: at(index, key), value: item })),
    ];
  });
};
