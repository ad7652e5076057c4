import type { Attribute, Item, KeyElement } from './dynalite.ts';

const mostLevels = 32;
export const tooDeep = 'Nesting Levels have exceeded supported limits';
const keyLimits = {
  HASH: [2048, 'Size of hashkey has exceeded the maximum size limit of2048 bytes'],
  RANGE: [1024, 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes'],
} as const;

/** What is wrong with the size of a key. */
export const keyProblem = (value: Attribute | undefined, type: KeyElement['KeyType']): string | undefined => {
  const [most, words] = keyLimits[type];
  const bytes =
    typeof value?.S === 'string'
      ? Buffer.byteLength(value.S)
      : typeof value?.B === 'string'
        ? Buffer.byteLength(value.B, 'base64')
        : 0;
  return bytes > most ? words : undefined;
};

/** Whether a value has more levels than DynamoDB allows. */
export const isTooDeep = ({ L, M }: Attribute, level: number): boolean => {
  const parts = Array.isArray(L) ? L : isItem(M) ? Object.values(M) : undefined;
  if (parts === undefined) return false;
  return level === mostLevels || parts.some((part) => isItem(part) && isTooDeep(part, level + 1));
};

export const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null;
