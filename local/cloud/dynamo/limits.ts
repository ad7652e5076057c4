import { matchConditions } from './conditions.ts';
import {
  type Attribute,
  functions,
  type Item,
  type Rejection,
  type StoredTable,
  validationOf,
  validations as validationsOfDynalite,
} from './dynalite.ts';
import { limitExpressions } from './expression-limits.ts';
import { showFailedItems } from './failed-conditions.ts';
import { limitItems } from './item-limits.ts';
import { limitPages } from './page-limits.ts';
import { limitDeleteAnswers, limitSelections, readConsistency } from './selections.ts';
import { isItem, isTooDeep, keyProblem, tooDeep } from './value-limits.ts';

/**
 * Limits of DynamoDB that dynalite does not check: it counts characters where DynamoDB counts bytes of UTF-8, and allows any
 * nesting. Dynalite's own functions run first, so that their messages stay the same; they call each other by these names.
 */

type Expressions = { readonly ExpressionAttributeValues?: Item | null };

/** Makes dynalite as strict as DynamoDB. */
export const limitDynalite = (): void => {
  const store = functions();
  const { validateItem, validateKey, validationError } = store;
  const rejectKey = (item: Item, { KeySchema }: StoredTable): Rejection | undefined => {
    const problem = KeySchema.map(({ AttributeName, KeyType }) =>
      keyProblem(item[AttributeName], KeyType),
    ).find(Boolean);
    return problem === undefined
      ? problem
      : validationError(`One or more parameter values were invalid: ${problem}`);
  };
  // Before its function for sizes is replaced, which pages use in another form.
  limitPages(store);
  store.itemSize = itemSize;
  store.validateItem = (item, table) => validateItem(item, table) ?? rejectKey(item, table);
  store.validateKey = (key, table, schema) => validateKey(key, table, schema) ?? rejectKey(key, table);

  const validations = validationsOfDynalite();
  const { validateAttributeValue, validateExpressionParams } = validations;
  validations.validateAttributeValue = (value) =>
    isTooDeep(value, 0) ? tooDeep : validateAttributeValue(value);
  validations.validateExpressionParams = (data: Expressions, ...names) =>
    Object.values(data.ExpressionAttributeValues ?? {}).some((value) => isTooDeep(value, 0))
      ? tooDeep
      : validateExpressionParams(data, ...names);
  limitExpressions(validations);
  matchConditions(store);
  limitItems(store, validations, validationOf('batchWriteItem'));
  limitSelections(['query', 'scan'].map(validationOf));
  readConsistency(validationOf('scan'));
  limitDeleteAnswers(validationOf('deleteItem'));
  showFailedItems(store, ['putItem', 'updateItem', 'deleteItem'].map(validationOf));
};

/**
 * An item's size in bytes as DynamoDB counts it: names and texts in UTF-8, one byte for two digits, and the overhead of nested
 * values.
 */
const itemSize = (item: Item): number =>
  Object.entries(item).reduce((total, [name, value]) => total + Buffer.byteLength(name) + sizeOf(value), 0);

const sizeOf = (value: Attribute): number => {
  const [[type, held] = ['NULL', true]] = Object.entries(value);
  if (Array.isArray(held)) {
    if (type === 'L') return 3 + held.reduce((total, part) => total + 1 + sizeOf(part), 0);
    return held.reduce((total, part) => total + scalarSize(type.charAt(0), String(part)), 0);
  }
  if (type === 'M' && isItem(held)) return 3 + Object.keys(held).length + itemSize(held);
  return scalarSize(type, String(held));
};

const scalarSize = (type: string, text: string): number => {
  if (type === 'S') return Buffer.byteLength(text);
  if (type === 'B') return Buffer.byteLength(text, 'base64');
  return type === 'N' ? numberSize(text) : 1;
};

const numberSize = (text: string): number => {
  const digits = text
    .replace(/[eE].*/, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+|0+$/g, '');
  return 1 + Math.ceil(digits.length / 2) + (text.startsWith('-') ? 1 : 0);
};
