import type {
  Attribute,
  Functions,
  Item,
  Rejection,
  StoredTable,
  Validation,
  Validations,
} from './dynalite.ts';
import { attributeNameProblem } from './expression-limits.ts';
import { isTooDeep, keyProblem, tooDeep } from './value-limits.ts';

const mostWrites = 25;
const bothKinds =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes';

/** A number of so many characters may have too many digits or be too large. */
const longNumber = 38;

type Query = {
  readonly KeyConditions?: Readonly<Record<string, { readonly AttributeValueList?: readonly Attribute[] }>>;
};

/** Makes dynalite check what an item has become after an update, keys of indexes, keys of queries, and whole batches of writes. */
export const limitItems = (all: Functions, validations: Validations, batchWrite: Validation): void => {
  const { validateItem, updateIndexes, queryTable } = all;
  const reject = (problem: string | undefined) => (problem ? all.validationError(problem) : undefined);
  all.validateItem = (item, table) =>
    validateItem(item, table) ??
    reject(problemIn(Object.keys(item), attributeNameProblem)) ??
    reject(indexProblem(item, table));
  all.updateIndexes = (store, table, before, after, done) => {
    const problem =
      after && (indexProblem(after, table) ?? problemIn(Object.values(after), changedProblem(validations)));
    if (problem) return done(all.validationError(problem));
    updateIndexes(store, table, before, after, done);
  };
  all.queryTable = (store, table, request, options, isLocal, fetches, names, done) => {
    const rejection = queryProblem(all, request as Query, table, names);
    if (rejection) return done(rejection);
    queryTable(store, table, request, options, isLocal, fetches, names, done);
  };
  const { custom } = batchWrite;
  Object.assign(batchWrite, {
    custom: (request, store) => {
      const writes = Object.values((request.RequestItems ?? {}) as Record<string, object[]>).flat();
      if (writes.some((write) => Object.keys(write).length > 1)) return bothKinds;
      if (writes.length > mostWrites) return 'Too many items requested for the BatchWriteItem call';
      return custom?.(request, store);
    },
  } satisfies Partial<Validation>);
};

const problemIn = <Value>(
  values: readonly Value[],
  problemOf: (value: Value) => string | undefined,
): string | undefined => {
  for (const value of values) {
    const problem = problemOf(value);
    if (problem) return problem;
  }
  return undefined;
};

const changedProblem =
  ({ validateAttributeValue }: Validations) =>
  (value: Attribute): string | undefined => {
    if (isTooDeep(value, 0)) return tooDeep;
    return typeof value.N === 'string' && value.N.length > longNumber
      ? validateAttributeValue({ ...value })
      : undefined;
  };

const indexProblem = (
  item: Item,
  { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: StoredTable,
): string | undefined =>
  problemIn([...GlobalSecondaryIndexes, ...LocalSecondaryIndexes], ({ IndexName, KeySchema }) =>
    problemIn(KeySchema, ({ AttributeName, KeyType }) => {
      const value = item[AttributeName];
      if (value?.S === '' || value?.B === '')
        return `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${value.S === '' ? 'string' : 'binary'} value. IndexName: ${IndexName}, IndexKey: ${AttributeName}`;
      const problem = keyProblem(value, KeyType);
      return problem && `One or more parameter values were invalid: ${problem}`;
    }),
  );

/** A query for a key that no item can have. */
const queryProblem = (
  all: Functions,
  { KeyConditions = {} }: Query,
  table: StoredTable,
  names: readonly string[],
): Rejection | undefined => {
  const schemas = [
    table.KeySchema,
    ...(table.GlobalSecondaryIndexes ?? []).map(({ KeySchema }) => KeySchema),
  ];
  const schema = schemas.find(
    ([hash]) => hash && names.includes(hash.AttributeName) && hash.AttributeName in KeyConditions,
  );
  const problem = problemIn(schema ?? [], ({ AttributeName, KeyType }) =>
    problemIn(KeyConditions[AttributeName]?.AttributeValueList ?? [], (value) =>
      value.S === '' || value.B === ''
        ? `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${value.S === '' ? 'string' : 'binary'} value. Key: ${AttributeName}`
        : withPrefix(keyProblem(value, KeyType)),
    ),
  );
  return problem === undefined ? undefined : all.validationError(problem);
};

const withPrefix = (problem: string | undefined): string | undefined =>
  problem && `One or more parameter values were invalid: ${problem}`;
