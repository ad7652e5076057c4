import { stringifyExactly } from '../../functions/values/index.ts';

/** Prints a command's answer on standard output: one JSON document where it was asked for, else lines for people. */
export const answer = (
  { json }: { readonly json?: boolean },
  document: object,
  lines: readonly string[],
): void => console.log(json ? stringifyExactly(document, 2) : lines.map(printable).join('\n'));

/** Characters that move the cursor or turn the text around, line breaks left out; with what may follow one that colours a text. */
const moving = /\p{Cc}\[[\d;]*m|(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Lines as they can be shown: the name of a file may hold anything. */
export const printable = (lines: string): string =>
  lines.replace(moving, (one) => {
    const isColour = one.length > 1 && (one.startsWith('\u001b') || one.startsWith('\n'));
    return isColour ? one : `${escaped(one)}${one.slice(1)}`;
  });

/** A line that a name in it breaks at no place. */
export const oneLine = (line: string): string => line.replaceAll('\n', escaped);

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Parts of an answer with an empty line between them; empty parts are left out. */
export const inParts = (...parts: readonly (readonly string[])[]): string[] =>
  parts.filter((lines) => lines.length > 0).flatMap((lines, part) => (part === 0 ? lines : ['', ...lines]));

/** Where a command says what it is doing: beside its answer, never in it. */
export const aside = (text: string): void => console.error(text);
