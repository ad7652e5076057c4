import type { DictionaryPage } from './page.ts';
import type { OddValue, ToText } from './texts.ts';
import type { StoredValue } from './values.ts';

/** The text of a dictionary's value by its position; undefined for one that is not there. */
export type TextAt = (position: number) => string | OddValue | undefined;

/** Larger dictionaries are not kept as texts, which take several times as much memory. */
const mostTexts = 4096;
/** Approximate memory of a text besides its characters, and of a position or a number. */
const [perText, perValue] = [24, 8];

/** A dictionary and its memory; reading stops if that is more than `most`. */
export const dictionaryOf = (
  page: DictionaryPage,
  toText: ToText,
  most: number,
): { readonly bytes: number; readonly textAt: TextAt } => {
  if (page.count <= mostTexts) return textsOf(page, toText, most);
  const first = page.next();
  return first instanceof Uint8Array
    ? placesOf(page, first, toText, most)
    : valuesOf(page, first, toText, most);
};

/** Each text is made once, however often it is taken. */
const textsOf = ({ count, next }: DictionaryPage, toText: ToText, most: number) => {
  const texts: (string | OddValue)[] = [];
  let bytes = 0;
  for (let one = 0; one < count && bytes <= most; one++) {
    const text = toText(next());
    bytes += perText + (typeof text === 'string' ? text.length : text.json.length);
    texts.push(text);
  }
  return { bytes, textAt: (position: number) => texts[position] };
};

const valuesOf = ({ count, next }: DictionaryPage, first: StoredValue, toText: ToText, most: number) => {
  const values = [first];
  while (values.length < count && values.length * perValue <= most) values.push(next());
  const textAt = (position: number) => {
    const value = values[position];
    return value === undefined ? undefined : toText(value);
  };
  return { bytes: values.length * perValue, textAt };
};

/** Positions of bytes in the page, which stays in memory. */
const placesOf = (page: DictionaryPage, first: Uint8Array, toText: ToText, most: number) => {
  const count = Math.min(page.count, Math.floor(most / perValue));
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)];
  let value: StoredValue = first;
  for (let one = 0; one < count; one++) {
    if (one > 0) value = page.next();
    if (!(value instanceof Uint8Array)) break;
    starts[one] = value.byteOffset;
    ends[one] = value.byteOffset + value.length;
  }
  const { buffer } = first;
  const textAt = (position: number) => {
    const [start, end] = [starts[position], ends[position]];
    return start === undefined || end === undefined
      ? undefined
      : toText(new Uint8Array(buffer, start, end - start));
  };
  return { bytes: page.bytes + count * perValue, textAt };
};
