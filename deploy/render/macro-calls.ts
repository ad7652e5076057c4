import type { SqlFile } from '../sql/files.ts';
import type { Problem } from '../sql/problem.ts';

/** Checks calls of the project's macros against their signatures: Jinja itself does not say which argument is missing. */

type Parameter = { readonly name: string; readonly isOptional: boolean };
type Signature = { readonly text: string; readonly parameters: readonly Parameter[] };

/** Names of all macros and their parameters. */
export const signaturesOf = (macros: readonly SqlFile[]): ReadonlyMap<string, Signature> =>
  new Map(
    macros.flatMap(({ source }) =>
      [...source.matchAll(/\{%-?\s*macro\s+(\w+)\s*\(([^)]*)\)/g)].map(([, name = '', list = '']) => {
        const parameters = list
          .split(',')
          .map((one) => one.trim())
          .filter((one) => one !== '')
          .map((one) => ({ name: one.split('=')[0]?.trim() ?? '', isOptional: one.includes('=') }));
        return [name, { text: `${name}(${list})`, parameters }] as const;
      }),
    ),
  );

/** Problems of the calls in a file: missing, unknown and too many arguments, and elements before the first. */
export const callProblems = (
  { path, source }: SqlFile,
  signatures: ReadonlyMap<string, Signature>,
): Problem[] =>
  [...source.matchAll(/\{[{%][\s\S]*?[%}]\}/g)].flatMap(({ 0: block, index }) =>
    [...block.matchAll(/(?<![\w.'"])(\w+)\s*\(/g)].flatMap((call) => {
      const [opening, name = ''] = call;
      const signature = signatures.get(name);
      if (!signature || /\bmacro\s+$/.test(block.slice(0, call.index))) return [];
      const said = argumentsOf(block.slice(call.index + opening.length));
      const message = said && callProblem(name, signature, said);
      return message ? [{ file: path, ...placeAt(source, index + call.index), message }] : [];
    }),
  );

const callProblem = (name: string, { text, parameters }: Signature, said: readonly string[]) => {
  const named = said.flatMap((one) => /^(\w+)\s*=(?!=)/.exec(one)?.[1] ?? []);
  const places = said.length - named.length;
  const unknown = named.find((one) => !parameters.some((parameter) => parameter.name === one));
  const missing = parameters.find(
    (parameter, at) => at >= places && !parameter.isOptional && !named.includes(parameter.name),
  );
  const is = `the macro is ${text}`;
  if (unknown !== undefined) return `${name} has no argument ${unknown}: ${is}`;
  if (said.length > parameters.length) return `${name} has ${said.length} arguments: ${is}`;
  if (missing) return `${name} lacks its argument ${missing.name}: ${is}`;
  const position = said[parameters.findIndex((parameter) => parameter.name === 'position')];
  return position !== undefined && /^(-\d+|0)$/.test(position) ? `${name} counts from 1: ${is}` : undefined;
};

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Texts between the commas up to the closing parenthesis of a call; undefined if there is none. */
const argumentsOf = (text: string): string[] | undefined => {
  const found: string[] = [];
  const open: string[] = [];
  let quote: string | undefined;
  let from = 0;
  for (const [at, sign] of [...text].entries()) {
    if (quote !== undefined) {
      if (sign === quote) quote = undefined;
    } else if (sign === "'" || sign === '"') quote = sign;
    else if (closing[sign]) open.push(closing[sign]);
    else if (sign === open.at(-1)) open.pop();
    else if (open.length === 0 && (sign === ',' || sign === ')')) {
      found.push([...text].slice(from, at).join('').trim());
      from = at + 1;
      if (sign === ')') return found.length === 1 && found[0] === '' ? [] : found;
    }
  }
  return undefined;
};

const placeAt = (source: string, offset: number): Pick<Problem, 'line' | 'column'> => {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};
