import { stringifyExactly } from '../../functions/values/index.ts';

/** Prints a command's answer on standard output: one JSON document if requested, else lines of text. */
export const answer = (
  { json }: { readonly json?: boolean },
  document: object,
  lines: readonly string[],
): void => console.log(json ? stringifyExactly(document, 2) : lines.map(printable).join('\n'));

/** Characters that move the cursor or change the text direction, except line breaks; with the rest of an escape sequence. */
const moving = /\p{Cc}\[[\d;]*m|(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Makes control characters visible: a file name may contain any character. */
export const printable = (lines: string): string =>
  lines.replace(moving, (one) => {
    const isColour = one.length > 1 && (one.startsWith('\u001b') || one.startsWith('\n'));
    return isColour ? one : `${escaped(one)}${one.slice(1)}`;
  });

/** The same for one line: a name in it cannot break it. */
export const oneLine = (line: string): string => line.replaceAll('\n', escaped);

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Parts of an answer with an empty line between them, without empty parts. */
export const inParts = (...parts: readonly (readonly string[])[]): string[] =>
  parts.filter((lines) => lines.length > 0).flatMap((lines, part) => (part === 0 ? lines : ['', ...lines]));

/** Prints what a command is doing on standard error, so that it is never part of the answer. */
export const notice = (text: string): void => console.error(text);
