import { skipValue } from '../json/skip.ts';
import { JsonTokens } from '../json/tokens.ts';
import { type ConfigFile, pathOf } from './problems.ts';

/** The JSON of a manifest or a source, or why it is not valid JSON, each problem with its path. */
type ManifestJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

const mostBytes = 2 ** 20;
const mostDepth = 16;
const [mostKeys, mostElements] = [2000, 10_000];
const mostProblems = 100;

/**
 * Reads JSON more strictly than the standard: every key once, complete characters, no number that loses digits, and limits of
 * size, depth and width, so that the following checks take almost no time.
 */
export const readManifestJson = (bytes: Uint8Array, file: ConfigFile = 'manifest'): ManifestJson => {
  if (bytes.length > mostBytes) return rejected([`${file}: is larger than 1 MiB`]);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return rejected([`${file}: is not UTF-8`]);
  }
  const { problems, isBeyond } = walk(text, file);
  if (isBeyond) return rejected(problems);
  try {
    const value: unknown = JSON.parse(text);
    return problems.length > 0 ? rejected(problems) : { ok: true, value };
  } catch (cause) {
    return rejected([`${file}: is not JSON (${placed(cause, text)})`]);
  }
};

/** The message of JSON.parse; for some texts it names no position. */
const placed = (cause: unknown, text: string): string => {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (/at position \d+|end of JSON input/i.test(said)) return said;
  const bytes = Buffer.from(text);
  const tokens = new JsonTokens();
  tokens.begin(bytes, 0, bytes.length);
  const isValue = skipValue(tokens, tokens.next(), 0);
  const problem = isValue ? 'something follows it' : tokens.problem;
  const at = isValue ? tokens.at : tokens.problemAt;
  return `${problem}, at position ${bytes.toString('utf8', 0, at).length}`;
};

const rejected = (problems: readonly string[]): ManifestJson => ({ ok: false, problems });

/** Strings, even if never closed; numbers and words; brackets and separators. */
const tokens = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|-?[0-9][0-9.eE+-]*|[a-z]+|[{}[\],]/g;

/** An open object or array, and the position in it; an object has no key before the first one is read. */
type Level = { readonly names?: Set<string>; at: string | number | undefined };

/** Looks at every key and value of a JSON text; what it finds in a text that is not JSON has no meaning. */
const walk = (text: string, file: ConfigFile): { problems: readonly string[]; isBeyond: boolean } => {
  const levels: Level[] = [];
  const problems: string[] = [];
  for (const [token] of text.matchAll(tokens)) {
    const level = levels.at(-1);
    const { problem, bound } = level?.names ? inObject(token, level, level.names) : inArray(token, level);
    if (bound) return { problems: [`${pathTo(levels, file)}: ${bound}`], isBeyond: true };
    if (problem) problems.push(`${pathTo(levels, file)}: ${problem}`);
    if (token === '{') levels.push({ names: new Set(), at: undefined });
    else if (token === '[') levels.push({ at: 0 });
    else if (token === '}' || token === ']') levels.pop();
    if (levels.length > mostDepth)
      return {
        problems: [`${pathTo(levels, file)}: is nested deeper than ${mostDepth} levels`],
        isBeyond: true,
      };
    if (levels.length === 0 || problems.length >= mostProblems) break;
  }
  return { problems, isBeyond: false };
};

const pathTo = (levels: readonly Level[], file: ConfigFile): string =>
  pathOf(levels.flatMap(({ at }) => at ?? [])) || file;

/** What is wrong with a key or a value, or with the value that contains it. */
type Step = { readonly problem?: string | undefined; readonly bound?: string };

const inObject = (token: string, level: Level, names: Set<string>): Step => {
  if (token === ',') level.at = undefined;
  else if (level.at !== undefined) return { problem: valueProblem(token) };
  else if (token !== '}') {
    level.at = decoded(token);
    if (names.size >= mostKeys) return { bound: `stands behind ${mostKeys} other keys, which is too many` };
    return { problem: keyProblem(level.at, names) };
  }
  return {};
};

/** Nothing in a manifest is a list of anything but texts and numbers. */
const inArray = (token: string, level: Level | undefined): Step => {
  if (typeof level?.at !== 'number') return { problem: valueProblem(token) };
  if (/^[{[a-z]/.test(token)) return { bound: 'is no text and no number' };
  if (token === ',') level.at++;
  if (level.at >= mostElements)
    return { bound: `stands behind ${mostElements} other elements, which is too many` };
  return { problem: valueProblem(token) };
};

const keyProblem = (name: string, names: Set<string>): string | undefined => {
  if (names.has(name)) return 'stands there twice';
  names.add(name);
  return name === '__proto__' ? 'cannot be a key' : textProblem(name);
};

const valueProblem = (token: string): string | undefined => {
  if (token.startsWith('"')) return token.includes('\\u') ? textProblem(decoded(token)) : undefined;
  return /^[-0-9]/.test(token) ? numberProblem(token) : undefined;
};

const textProblem = (text: string): string | undefined =>
  /\p{Surrogate}/u.test(text) ? 'holds half of a character (a lone surrogate)' : undefined;

const [mostDigits, longestNumber] = [15, 40];

const numberProblem = (token: string): string | undefined => {
  if (token.length <= mostDigits && !/e/i.test(token)) return undefined;
  const isLong = token.length > longestNumber;
  const digits = isLong
    ? token
    : token
        .replace(/e.*/i, '')
        .replace(/[-.]/g, '')
        .replace(/^0+|0+$/g, '');
  return digits.length > mostDigits || !Number.isFinite(Number(token))
    ? 'has more digits than a number of JSON keeps; put it in quotes'
    : undefined;
};

const decoded = (token: string): string => {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
};
