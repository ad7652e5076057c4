import { pathOf } from './manifest-problems.ts';

/** The JSON of a manifest, or what is wrong with it as JSON, each problem with its path. */
type ManifestJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

const mostBytes = 2 ** 20;
const mostDepth = 16;
const [mostKeys, mostElements] = [2000, 10_000];
const mostProblems = 100;

/**
 * Reads JSON more strictly than the language does: every key once, whole characters, no number that loses digits, and
 * bounded size, depth and width, so that what follows takes no time to speak of.
 */
export const readManifestJson = (bytes: Uint8Array): ManifestJson => {
  if (bytes.length > mostBytes) return refused(['manifest: is larger than 1 MiB']);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused(['manifest: is not UTF-8']);
  }
  const { problems, isBeyond } = walk(text);
  if (isBeyond) return refused(problems);
  try {
    const value: unknown = JSON.parse(text);
    return problems.length > 0 ? refused(problems) : { ok: true, value };
  } catch (cause) {
    return refused([`manifest: is not JSON (${cause instanceof Error ? cause.message : cause})`]);
  }
};

const refused = (problems: readonly string[]): ManifestJson => ({ ok: false, problems });

/** Strings, also one that is never closed; numbers; what opens, closes and parts. */
const tokens = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|-?[0-9][0-9.eE+-]*|[{}[\],]/g;

/** An object or an array that is open, and where in it the walk stands; an object is at no key before it is read. */
type Level = { readonly names?: Set<string>; at: string | number | undefined };

/** Looks at every key and value of a text that is JSON; of any other text nothing is said that would be wrong. */
const walk = (text: string): { problems: readonly string[]; isBeyond: boolean } => {
  const levels: Level[] = [];
  const problems: string[] = [];
  const path = (depth = levels.length): string =>
    pathOf(levels.slice(0, depth).flatMap(({ at }) => at ?? [])) || 'manifest';
  const beyond = (problem: string) => ({ problems: [problem], isBeyond: true });
  for (const [token] of text.matchAll(tokens)) {
    const level = levels.at(-1);
    if (problems.length >= mostProblems) break;
    if (token === '{') levels.push({ names: new Set(), at: undefined });
    else if (token === '[') levels.push({ at: 0 });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') advance(level);
    else if (level?.names && level.at === undefined) {
      problems.push(...keyProblems(token, level, level.names).map((problem) => `${path()}: ${problem}`));
    } else problems.push(...valueProblems(token).map((problem) => `${path()}: ${problem}`));
    if (levels.length > mostDepth) return beyond(`${path()}: is nested deeper than ${mostDepth} levels`);
    if (isTooWide(level)) return beyond(`${path(levels.length - 1)}: ${tooWide}`);
  }
  return { problems, isBeyond: false };
};

const tooWide = `has more than ${mostKeys} keys or ${mostElements} elements`;
const isTooWide = (level: Level | undefined): boolean =>
  (level?.names?.size ?? 0) > mostKeys || (typeof level?.at === 'number' && level.at >= mostElements);

const advance = (level: Level | undefined): void => {
  if (level) level.at = typeof level.at === 'number' ? level.at + 1 : undefined;
};

const keyProblems = (token: string, level: Level, names: Set<string>): readonly string[] => {
  const name = decoded(token);
  level.at = name;
  if (names.has(name)) return ['stands there twice'];
  names.add(name);
  return name === '__proto__' ? ['cannot be a key'] : textProblems(name);
};

const valueProblems = (token: string): readonly string[] => {
  if (!token.startsWith('"')) return numberProblems(token);
  return token.includes('\\u') ? textProblems(decoded(token)) : [];
};

const textProblems = (text: string): readonly string[] =>
  /\p{Surrogate}/u.test(text) ? ['holds half of a character (a lone surrogate)'] : [];

const [mostDigits, longestNumber] = [15, 40];

const numberProblems = (token: string): readonly string[] => {
  const isLong = token.length > longestNumber;
  const digits = isLong
    ? token
    : token
        .replace(/e.*/i, '')
        .replace(/[-.]/g, '')
        .replace(/^0+|0+$/g, '');
  return digits.length > mostDigits || !Number.isFinite(Number(token))
    ? ['has more digits than a number of JSON keeps; put it in quotes']
    : [];
};

const decoded = (token: string): string => {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
};
