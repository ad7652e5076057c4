/** A piece of a text: plain, or the part between `${` and its `}`. */
export type TextPart = { readonly text: string } | { readonly variable: string };

/** The reference of a variable: `source(argument):address`. */
export type VariableCall = { readonly source: string; readonly argument: string; readonly address: string };

/** One choice of a variable: a reference, or a literal. */
export type VariableChoice = VariableCall | { readonly literal: unknown };

/** Splits a text at its outermost variables. */
export const splitText = (text: string): readonly TextPart[] => {
  const parts: TextPart[] = [];
  let from = 0;
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', from)) {
    const end = closing(text, start);
    if (end < 0) break;
    if (start > from) parts.push({ text: text.slice(from, start) });
    parts.push({ variable: text.slice(start + 2, end) });
    from = end + 1;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return parts;
};

const closing = (text: string, start: number): number => {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('${', at)) depth += 1;
    if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
};

/** Reads `source(argument):address, fallback, …`; undefined if it is not a framework variable, such as `AWS::Region`. */
export const parseVariable = (inner: string): readonly VariableChoice[] | undefined => {
  const [first = '', ...fallbacks] = choices(inner);
  const call = parseCall(first);
  return call && [call, ...fallbacks.map((each) => parseCall(each) ?? { literal: literal(each) })];
};

/** Splits at the commas outside of quotes. */
const choices = (inner: string): string[] =>
  (inner.match(/(?:'[^']*'|"[^"]*"|[^,'"])+/g) ?? []).map((choice) => choice.trim());

const parseCall = (text: string): VariableCall | undefined => {
  const [, source, argument = '', address = ''] = /^(\w+)(?:\(([^)]*)\))?(?::(?!:)(.*))?$/.exec(text) ?? [];
  const isCall = source !== undefined && /[:(]/.test(text);
  return isCall ? { source, argument: argument.trim(), address: address.trim() } : undefined;
};

const literal = (text: string): unknown => {
  const quoted = /^(['"])(.*)\1$/.exec(text);
  if (quoted) return quoted[2];
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null' || text === '') return undefined;
  return Number.isNaN(Number(text)) ? text : Number(text);
};
