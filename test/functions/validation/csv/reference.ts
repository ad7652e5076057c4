/** One field of a text in CSV. */
export type ReferenceField = {
  /** Without the quotes around it. */
  readonly text: string;
  /** Physical line on which it starts, from 1. */
  readonly line: number;
  /** In the order in which they stand. */
  readonly violations: readonly string[];
  /** A line break stands between its quotes. */
  readonly isMultiline: boolean;
};

/** One record of a text in CSV. */
export type ReferenceRecord = {
  /** Physical line on which it starts, from 1. */
  readonly line: number;
  readonly fields: readonly ReferenceField[];
  readonly lineEnd: '' | '\n' | '\r\n';
  /** Without its line end. */
  readonly raw: string;
};

type Cut = Omit<ReferenceField, 'line'> & { readonly end: number };
type Dialect = { readonly delimiter: string; readonly quote: string };

/**
 * All records of a text by a slow parser that is right at a glance; the streaming one is held against it. Bytes that may
 * be no UTF-8 come as Latin-1, one character for each.
 */
export const referenceRecords = (
  text: string,
  dialect: Dialect = { delimiter: ',', quote: '"' },
): readonly ReferenceRecord[] => {
  const readField = fieldReader(dialect);
  const records: ReferenceRecord[] = [];
  for (let from = 0, line = 1; from < text.length; ) {
    const fields: ReferenceField[] = [];
    let end = from - 1;
    do {
      const start = end + 1;
      const { end: next, ...field } = readField(text, start);
      fields.push({ ...field, line: line + breaks(text.slice(from, start)) });
      end = next;
    } while (text[end] === dialect.delimiter);
    const lineEnd = text.startsWith('\r\n', end) ? '\r\n' : text.startsWith('\n', end) ? '\n' : '';
    records.push({ line, fields, lineEnd, raw: text.slice(from, end) });
    line += breaks(text.slice(from, end + lineEnd.length));
    from = end + lineEnd.length;
  }
  return records;
};

const breaks = (text: string): number => text.split('\n').length - 1;

/** Reads the field that starts at a position. */
const fieldReader = ({ delimiter, quote }: Dialect): ((text: string, from: number) => Cut) => {
  const [q, d] = [quote, delimiter].map(
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  const closed = new RegExp(`${q}([^${q}]*(?:${q}${q}[^${q}]*)*)${q}(?!${q})`, 'y');
  const bare = new RegExp(`(?:[^${d}\\r\\n]|\\r(?!\\n))*`, 'y');
  const unquoted = (inner: string): string => inner.replaceAll(quote + quote, quote);
  return (text, from) => {
    if (text[from] !== quote) {
      const plain = match(bare, text, from);
      return {
        text: plain,
        end: from + plain.length,
        violations: violationsOf(plain, quote),
        isMultiline: false,
      };
    }
    const quoted = match(closed, text, from);
    if (quoted === '') {
      const inner = text.slice(from + 1);
      const violations = ['open_quote'];
      return { text: unquoted(inner), end: text.length, violations, isMultiline: /[\r\n]/.test(inner) };
    }
    const isMultiline = /[\r\n]/.test(quoted);
    const tail = match(bare, text, from + quoted.length);
    const end = from + quoted.length + tail.length;
    if (tail === '') return { text: unquoted(quoted.slice(1, -1)), end, violations: [], isMultiline };
    const violations = [...(tail.startsWith('\r') ? [] : ['text_after_quote']), ...loneReturns(tail)];
    return { text: quoted + tail, end, violations, isMultiline };
  };
};

const match = (pattern: RegExp, text: string, from: number): string => {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0] ?? '';
};

const loneReturns = (text: string): string[] => Array.from(text.matchAll(/\r/g), () => 'lone_cr');

/** What is wrong with a field that does not start with a quote. */
const violationsOf = (plain: string, quote: string): string[] => {
  const at = plain.indexOf(quote);
  if (at < 0) return loneReturns(plain);
  return [...loneReturns(plain.slice(0, at)), 'quote_inside', ...loneReturns(plain.slice(at))];
};
