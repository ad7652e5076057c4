import { ArrayCutter, JsonReader, type JsonRecord, LineCutter } from '../../functions/validation/index.ts';

/** A value of JSON that is neither an object nor an array, as it was written; `text` of null is empty. */
export type JsonLeaf = { readonly kind: 'string' | 'number' | 'bool' | 'null'; readonly text: string };

const longestRecord = 2 ** 20;
const tokens = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g;
/** Before a number that was put in quotes, so that its digits stay as they are. */
const mark = '\u0000';

/** Reads the records of JSON lines or of one array, and answers how many were no objects; memory stays flat. */
export const readJsonRecords = async (
  content: AsyncIterable<Uint8Array>,
  format: 'jsonl' | 'json',
  onRecord: (record: object) => void,
): Promise<{ readonly unreadable: number }> => {
  let unreadable = 0;
  const give = ({ bytes, start, end, isUtf8 }: JsonRecord): void => {
    const record = isUtf8 ? parseRecord(bytes.toString('utf8', start, end)) : undefined;
    if (record) onRecord(record);
    else unreadable++;
  };
  const giveUp = (): void => {
    unreadable++;
  };
  const cutter = format === 'jsonl' ? new LineCutter() : new ArrayCutter();
  const reader = new JsonReader(cutter, longestRecord, {
    onRecord: give,
    onTooLong: giveUp,
    onBroken: giveUp,
  });
  for await (const bytes of content) reader.write(bytes);
  reader.drain(true);
  return { unreadable };
};

/** A record as an object whose numbers `leafOf` reads digit by digit; undefined for a text that is no JSON object. */
export const parseRecord = (text: string): object | undefined => {
  const marked = text.replace(tokens, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`));
  try {
    const record: unknown = JSON.parse(marked);
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? record : undefined;
  } catch {
    return undefined;
  }
};

/** Reads a leaf of a record; undefined for objects and arrays. */
export const leafOf = (value: unknown): JsonLeaf | undefined => {
  if (value === null) return { kind: 'null', text: '' };
  if (typeof value === 'boolean') return { kind: 'bool', text: String(value) };
  if (typeof value !== 'string') return undefined;
  return value.startsWith(mark) ? { kind: 'number', text: value.slice(1) } : { kind: 'string', text: value };
};
