import { type Position, RulesetError } from './ruleset-error.ts';

/** A token of a ruleset; `start` and `end` are offsets into the source. */
export type Token = {
  readonly kind: 'word' | 'number' | 'quoted' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly at: Position;
};

const MOST_BYTES = 65_536;

const LEXEMES = [
  ['skipped', /[ \t\n]+|#[^\n]*/y],
  ['quoted', /"(?:\\[\s\S]|[^"\\])*"/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_][A-Za-z0-9_.]*/y],
  ['symbol', /!=|>=|<=|[=<>()[\],+\-*/]/y],
] as const;

/** Splits a ruleset into tokens, the last one is `end`; throws a RulesetError for invalid characters. */
export const tokenize = (source: string): readonly Token[] => {
  const place = positions(source);
  rejectForeignText(source, place);
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < source.length) {
    const { kind, text } = lexemeAt(source, offset, place);
    const end = offset + text.length;
    if (kind !== 'skipped') tokens.push({ kind, text, start: offset, end, at: place(offset) });
    offset = end;
  }
  tokens.push({ kind: 'end', text: '', start: offset, end: offset, at: place(offset) });
  return tokens;
};

const rejectForeignText = (source: string, place: (offset: number) => Position): void => {
  const carriageReturn = source.indexOf('\r');
  if (carriageReturn >= 0)
    throw new RulesetError(
      'lines end with CRLF (or hold a CR); a ruleset has LF line ends',
      place(carriageReturn),
    );
  const bytes = new TextEncoder().encode(source).length;
  if (bytes > MOST_BYTES)
    throw new RulesetError(`the ruleset has ${bytes} bytes; ${MOST_BYTES} are allowed`, {
      line: 1,
      column: 1,
    });
};

const lexemeAt = (source: string, offset: number, place: (offset: number) => Position) => {
  for (const [kind, pattern] of LEXEMES) {
    pattern.lastIndex = offset;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text };
  }
  const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  const problem =
    character === '"' ? 'a quoted text is not closed' : `unexpected character ${JSON.stringify(character)}`;
  throw new RulesetError(problem, place(offset));
};

/** Finds line and column of an offset, in logarithmic time. */
const positions = (source: string): ((offset: number) => Position) => {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
};
