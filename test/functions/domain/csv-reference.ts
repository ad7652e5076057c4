/** A slow parser of a whole text that is right at a glance; the streaming one is held against it. */
export type ReferenceRecord = {
  readonly line: number;
  readonly fields: readonly string[];
  readonly faults: readonly string[];
  readonly lineEnd: 'lf' | 'crlf' | 'none';
  readonly isMultiline: boolean;
  /** Without its line end. */
  readonly raw: string;
};

type Field = { readonly text: string; readonly end: number; readonly faults: readonly string[] };

const closed = /"((?:[^"]|"")*)"(?!")/y;
const open = /"((?:[^"]|"")*)$/y;
const bare = /(?:[^,\r\n]|\r(?!\n))*/y;

const at = (pattern: RegExp, text: string, from: number): RegExpExecArray | null => {
  pattern.lastIndex = from;
  return pattern.exec(text);
};

const loneReturns = (text: string): string[] => Array.from(text.matchAll(/\r/g), () => 'lone_cr');

const readField = (text: string, from: number): Field => {
  const quoted = at(closed, text, from);
  if (quoted) {
    const end = from + quoted[0].length;
    const tail = at(bare, text, end)?.[0] ?? '';
    if (tail === '') return { text: (quoted[1] ?? '').replaceAll('""', '"'), end, faults: [] };
    const faults = tail.startsWith('\r') ? [] : ['text_after_quote'];
    return { text: quoted[0] + tail, end: end + tail.length, faults: [...faults, ...loneReturns(tail)] };
  }
  const opened = at(open, text, from);
  if (opened)
    return { text: (opened[1] ?? '').replaceAll('""', '"'), end: text.length, faults: ['open_quote'] };
  const plain = at(bare, text, from)?.[0] ?? '';
  const faults = plain.includes('"') ? ['quote_inside'] : [];
  return { text: plain, end: from + plain.length, faults: [...faults, ...loneReturns(plain)] };
};

const readRecord = (text: string, from: number): { record: ReferenceRecord; next: number } => {
  const fields: Field[] = [readField(text, from)];
  let end = fields[0]?.end ?? from;
  while (text[end] === ',') {
    const field = readField(text, end + 1);
    fields.push(field);
    end = field.end;
  }
  const lineEnd = text[end] === '\r' ? 'crlf' : text[end] === '\n' ? 'lf' : 'none';
  const raw = text.slice(from, end);
  const record = {
    line: text.slice(0, from).split('\n').length,
    fields: fields.map((field) => field.text),
    faults: fields.flatMap((field) => field.faults).sort(),
    lineEnd,
    isMultiline: fields.some(({ text: value }) => value.includes('\n')) || raw.includes('\n'),
    raw,
  } as const;
  return { record, next: end + { crlf: 2, lf: 1, none: 0 }[lineEnd] };
};

/** All records of a text, delimiter `,` and quote `"`. */
export const referenceRecords = (text: string): readonly ReferenceRecord[] => {
  const records: ReferenceRecord[] = [];
  for (let from = 0; from < text.length; ) {
    const { record, next } = readRecord(text, from);
    records.push(record);
    from = next;
  }
  return records;
};
