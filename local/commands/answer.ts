import { stringifyExactly } from '../../functions/domain/exact-json.ts';

/** Prints a command's answer on standard output: one JSON document where it was asked for, else lines for people. */
export const answer = (
  { json }: { readonly json?: boolean },
  document: object,
  lines: readonly string[],
): void => console.log(json ? stringifyExactly(document, 2) : lines.join('\n'));

/** Parts of an answer with an empty line between them; empty parts are left out. */
export const inParts = (...parts: readonly (readonly string[])[]): string[] =>
  parts.filter((lines) => lines.length > 0).flatMap((lines, part) => (part === 0 ? lines : ['', ...lines]));

/** Where a command says what it is doing: beside its answer, never in it. */
export const aside = (text: string): void => console.error(text);
