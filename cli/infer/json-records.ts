import { ArrayCutter, JsonReader, type JsonRecord, LineCutter } from '../../functions/validation/index.ts';

/** A JSON value that is neither an object nor an array, as it was written; the `text` of null is empty. */
export type JsonLeaf = { readonly kind: 'string' | 'number' | 'bool' | 'null'; readonly text: string };

const longestRecord = 2 ** 20;
const tokens = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g;
/** Marks a number that was put in quotes to keep its digits. */
const mark = '\u0000';

/** Reads the records of JSON lines or of one array and returns how many were not objects; memory stays constant. */
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

/** Parses a record; `leafOf` reads its numbers with all digits. Undefined if the text is not a JSON object. */
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
