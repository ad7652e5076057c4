import { createRequire } from 'node:module';

/**
 * Limits of DynamoDB that dynalite does not check: it counts characters where DynamoDB counts bytes of UTF-8, and allows any
 * nesting. Dynalite's own functions run first, so that their messages stay the same; they call each other by these names.
 */

type Attribute = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, Attribute>>;
type Rejection = object | null | undefined;
type KeyElement = { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' };
type Table = { readonly KeySchema: readonly KeyElement[] };

/** The part of dynalite that is replaced. */
type Store = {
  itemSize(item: Item): number;
  validateItem(item: Item, table: Table): Rejection;
  validateKey(key: Item, table: Table): Rejection;
  validationError(message: string): object;
};
type Expressions = { readonly ExpressionAttributeValues?: Item | null };
type Validations = {
  validateAttributeValue(value: Attribute): string | undefined;
  validateExpressionParams(data: Expressions, ...names: string[][]): string | undefined;
};

const mostLevels = 32;
const tooDeep = 'Nesting Levels have exceeded supported limits';
const keyLimits = {
  HASH: [2048, 'Size of hashkey has exceeded the maximum size limit of2048 bytes'],
  RANGE: [1024, 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes'],
} as const;

/** Makes a module's dynalite as strict as DynamoDB. */
export const limitDynalite = (from: string): void => {
  const require = createRequire(createRequire(from).resolve('dynalite'));
  const store: Store = require('./db');
  const { validateItem, validateKey, validationError } = store;
  const rejectKey = (item: Item, { KeySchema }: Table): Rejection => {
    const problem = KeySchema.map(({ AttributeName, KeyType }) =>
      keyProblem(item[AttributeName], KeyType),
    ).find(Boolean);
    return problem === undefined
      ? problem
      : validationError(`One or more parameter values were invalid: ${problem}`);
  };
  store.itemSize = itemSize;
  store.validateItem = (item, table) => validateItem(item, table) ?? rejectKey(item, table);
  store.validateKey = (key, table) => validateKey(key, table) ?? rejectKey(key, table);

  const validations: Validations = require('./validations');
  const { validateAttributeValue, validateExpressionParams } = validations;
  validations.validateAttributeValue = (value) =>
    isTooDeep(value, 0) ? tooDeep : validateAttributeValue(value);
  validations.validateExpressionParams = (data, ...names) =>
    Object.values(data.ExpressionAttributeValues ?? {}).some((value) => isTooDeep(value, 0))
      ? tooDeep
      : validateExpressionParams(data, ...names);
};

const keyProblem = (value: Attribute | undefined, type: KeyElement['KeyType']): string | undefined => {
  const [most, words] = keyLimits[type];
  return typeof value?.S === 'string' && Buffer.byteLength(value.S) > most ? words : undefined;
};

const isTooDeep = ({ L, M }: Attribute, level: number): boolean => {
  const parts = Array.isArray(L) ? L : isItem(M) ? Object.values(M) : undefined;
  if (parts === undefined) return false;
  return level === mostLevels || parts.some((part) => isItem(part) && isTooDeep(part, level + 1));
};

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null;

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
