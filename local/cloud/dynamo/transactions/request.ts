import {
  type Attribute,
  functions,
  type Item,
  type Store,
  type Validation,
  validationOf,
} from '../dynalite.ts';

/** What an item of a transaction does. */
export type Kind = 'ConditionCheck' | 'Delete' | 'Get' | 'Put' | 'Update';

/** One action of a transaction, as dynalite's operation for a single item takes it. */
export type Action = {
  readonly kind: Kind;
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
  readonly _projection?: { readonly paths: unknown; readonly nestedPaths: unknown };
  readonly _updates?: unknown;
};

/** The operation for a single item that checks and does the same. */
export const operations = {
  ConditionCheck: 'deleteItem',
  Delete: 'deleteItem',
  Get: 'getItem',
  Put: 'putItem',
  Update: 'updateItem',
} as const satisfies Record<Kind, string>;

const mostItems = 100;
const mostBytes = 4 * 2 ** 20;

const pick = (operation: string, ...names: string[]): object => {
  const types = validationOf(operation).types as Record<string, object>;
  return Object.fromEntries(names.map((name) => [name, types[name] ?? 'String']));
};

const expressions = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
const onFailure = {
  ReturnValuesOnConditionCheckFailure: { type: 'String', enum: ['ALL_OLD', 'NONE'] },
};
const required = { type: 'String', notNull: true };

const actionTypes = (): Record<Kind, object> => ({
  ConditionCheck: {
    ...pick('deleteItem', 'TableName', 'Key', ...expressions),
    ConditionExpression: required,
    ...onFailure,
  },
  Delete: { ...pick('deleteItem', 'TableName', 'Key', ...expressions), ...onFailure },
  Get: pick('getItem', 'TableName', 'Key', 'ProjectionExpression', 'ExpressionAttributeNames'),
  Put: { ...pick('putItem', 'TableName', 'Item', ...expressions), ...onFailure },
  Update: {
    ...pick('updateItem', 'TableName', 'Key', ...expressions),
    UpdateExpression: required,
    ...onFailure,
  },
});

/** The form of a transaction of such actions. */
export const transactionOf = (kinds: readonly Kind[], others: object = {}): Validation => {
  const types = actionTypes();
  const children = Object.fromEntries(
    kinds.map((kind) => [kind, { type: `FieldStruct<${kind}>`, children: types[kind] }]),
  );
  return {
    types: {
      ReturnConsumedCapacity: { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] },
      TransactItems: {
        type: 'List',
        notNull: true,
        lengthGreaterThanOrEqual: 1,
        lengthLessThanOrEqual: mostItems,
        children: { type: 'ValueStruct<TransactItem>', children },
      },
      ...others,
    },
    custom: problemOf,
  };
};

const problemOf = (request: Record<string, unknown>, store: Store): string | undefined => {
  const items = request.TransactItems as Record<string, object>[];
  if (items.some((item) => Object.keys(item).length !== 1))
    return 'TransactItems can only contain one of Check, Put, Update or Delete';
  const actions = actionsOf(request);
  const bytes = actions.reduce((sum, action) => sum + sizeOf(action), 0);
  if (bytes > mostBytes) return `The size cannot exceed ${mostBytes} bytes for all items of a transaction`;
  for (const [index, action] of actions.entries()) {
    const given = items[index]?.[action.kind] ?? {};
    const problem = validationOf(operations[action.kind]).custom?.(given as Record<string, unknown>, store);
    if (problem) return problem;
  }
  return undefined;
};

/** The actions of a request; those of one that was validated have their expressions parsed. */
export const actionsOf = (request: Record<string, unknown>): Action[] =>
  (request.TransactItems as Record<string, object>[]).map((item) => {
    const [kind = 'Get'] = Object.keys(item) as Kind[];
    return { ...item[kind], kind } as Action;
  });

const sizeOf = ({ Item: item, Key, ...action }: Action): number => {
  const values = (action as { ExpressionAttributeValues?: Readonly<Record<string, Attribute>> })
    .ExpressionAttributeValues;
  return functions().itemSize({ ...(item ?? Key), ...values });
};
