import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import type { Violation } from '../../../functions/validation/verdict.ts';
import type { ReferenceRecord } from './csv/reference.ts';

/** A violation without its words. */
export type BareViolation = Omit<Violation, 'message'>;

/** The text that bytes in Latin-1 mean in UTF-8. */
export const decoded = (latin1: string): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'));

/** Whether bytes in Latin-1 are UTF-8. */
export const isUtf8 = (latin1: string): boolean => Buffer.from(decoded(latin1)).toString('latin1') === latin1;

const ruleOf: Readonly<Record<string, string>> = {
  quote_inside: 'quote',
  text_after_quote: 'quote',
  open_quote: 'quote',
  lone_cr: 'line_end',
};

/** What RFC 4180 and UTF-8 forbid in a record; `columns` are the names, where they are known. */
export const brokenFields = (
  { fields }: ReferenceRecord,
  columns: readonly string[],
  manifest: Manifest,
): BareViolation[] => {
  const hides = manifest.fields.some(({ pii }) => pii);
  const found = (rule: string, at: number): BareViolation => {
    const { line = 1, text = '' } = fields[at] ?? {};
    const column = manifest.fields.find(({ from }) => from === columns[at])?.name ?? columns[at];
    return { rule, line, ...(column !== undefined && { column }), ...(!hides && { value: shown(text) }) };
  };
  return [
    ...fields.flatMap(({ violations }, at) =>
      violations.map((violation) => found(ruleOf[violation] ?? violation, at)),
    ),
    ...fields.flatMap(({ text }, at) => [
      ...(text.includes('\0') ? [found('nul', at)] : []),
      ...(isUtf8(text) ? [] : [found('encoding', at)]),
    ]),
  ];
};

/** The first hundred characters, never half of one. */
export const shown = (latin1: string): string =>
  decoded(latin1)
    .slice(0, 100)
    .replace(/[\uD800-\uDBFF]$/, '');
