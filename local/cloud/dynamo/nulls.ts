import { isObject } from '../json.ts';
import { ServiceError } from '../protocol.ts';

/** Members whose entries have names of the client's choice. */
const maps = new Set([
  ...['Item', 'Key', 'ExclusiveStartKey', 'ExpressionAttributeNames', 'ExpressionAttributeValues', 'M'],
  ...['Expected', 'AttributeUpdates', 'KeyConditions', 'QueryFilter', 'ScanFilter', 'RequestItems'],
]);
/** Members that are lists of such maps. */
const listsOfMaps = new Set(['Keys']);

/**
 * Rejects a null where DynamoDB needs a value: in a list or under a name of the client's choice; elsewhere it is an absent member.
 * Dynalite would store some of them, and fail at every later scan. Its tables have no place for the name `__proto__` either.
 */
export const expectValues = (input: Readonly<Record<string, unknown>>): void => {
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
