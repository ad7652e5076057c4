import { isObject } from '../json.ts';
import { ServiceError } from '../protocol.ts';

/** Members whose entries have names of the client's choice. */
const maps = new Set([
  ...['Item', 'Key', 'ExclusiveStartKey', 'ExpressionAttributeNames', 'ExpressionAttributeValues', 'M'],
  ...['Expected', 'AttributeUpdates', 'KeyConditions', 'QueryFilter', 'ScanFilter', 'RequestItems'],
]);
/** Members that are lists of such maps. */
const listsOfMaps = new Set(['Keys']);

/** Operations on one item, of at most 400 KB, whose bytes JSON can write in six characters each. */
const onOneItem = new Set(['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan']);
const mostBytes = 4 * 2 ** 20;

/** Rejects what dynalite would not reject, or only after seconds. */
export const expectInput = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
  bytes: number,
): void => {
  if (onOneItem.has(operation) && bytes > mostBytes)
    throw new ServiceError('ValidationException', 'Item size has exceeded the maximum allowed size');
  expectValues(input);
};

/**
 * Rejects a null where DynamoDB needs a value: in a list or under a name of the client's choice; elsewhere it is an absent member.
 * Dynalite would store some of them, and fail at every later scan. Its tables have no place for the name `__proto__` either.
 */
const expectValues = (input: Readonly<Record<string, unknown>>): void => {
  for (const [name, value] of Object.entries(input)) {
    if (maps.has(name)) expectEntries(value);
    else if (Array.isArray(value)) for (const one of value) expectElement(one, listsOfMaps.has(name));
    else if (isObject(value)) expectValues(value);
  }
};

const expectEntries = (map: unknown): void => {
  if (!isObject(map)) return;
  for (const [name, value] of Object.entries(map)) {
    if (name === '__proto__')
      throw new ServiceError('ValidationException', 'The name __proto__ is not possible on this machine');
    if (Array.isArray(value)) for (const one of value) expectElement(one, false);
    else expectElement(value, false);
  }
};

const expectElement = (value: unknown, isMap: boolean): void => {
  if (value === null) throw new ServiceError('ValidationException', empty);
  if (isMap) expectEntries(value);
  else if (isObject(value)) expectValues(value);
};

const empty = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
