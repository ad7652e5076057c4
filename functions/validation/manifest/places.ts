import { pathOf } from './problems.ts';

/** From 1; absent if the problem has no place in the text. */
type Place = { readonly line?: number; readonly column?: number };

/** Finds the positions of keys and elements in a JSON text, or of what contains them; empty if the text is not JSON. */
export const jsonPlaces = (json: string): ((path: readonly PropertyKey[]) => Place) => {
  const offsets = offsetsIn(json);
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsets.get(pathOf(path.slice(0, length)));
      if (offset !== undefined) return placeAt(json, offset);
    }
    return {};
  };
};

/** The same for problems of a manifest or a source, which begin with their path, or with the place where the JSON is broken. */
export const problemPlaces = (json: string): ((problem: string) => Place) => {
  const offsets = offsetsIn(json);
  return (problem) => {
    const [, position] = /^(?:manifest|source): is not JSON .* at position (\d+)/.exec(problem) ?? [];
    if (position !== undefined) return placeAt(json, Number(position));
    if (/^(?:manifest|source): is not JSON .*[Ee]nd of JSON input/.test(problem))
      return placeAt(json, json.length);
    const notUtf8 = /^(?:manifest|source): is not UTF-8/.test(problem) ? json.indexOf('\ufffd') : -1;
    if (notUtf8 >= 0) return placeAt(json, notUtf8);
    const longest = startsOf(problem).find((start) => offsets.has(start));
    return longest === undefined ? {} : placeAt(json, offsets.get(longest) ?? 0);
  };
};

/** Beginnings of a problem that may be a path, the longest first. */
const startsOf = (problem: string): string[] => {
  const [, holder = '', key = ''] = /^(.+): has unknown keys ([^,]+)/.exec(problem) ?? [];
  const starts = [...problem.matchAll(/[:.[]/g)].map(({ index }) => problem.slice(0, index)).reverse();
  return key === ''
    ? starts
    : [holder === 'manifest' || holder === 'source' ? key : `${holder}.${key}`, ...starts];
};

/** Problems of a manifest with their places: `line 7, column 5: schema.fields.a.type: …`. */
export const placedProblems = (json: string, problems: readonly string[]): string[] => {
  const placeOf = problemPlaces(json);
  return problems.map((problem) => {
    const { line, column } = placeOf(problem);
    return line === undefined ? problem : `line ${line}, column ${column}: ${problem}`;
  });
};

const placeAt = (text: string, offset: number): Place => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** An object or an array that is open; of an object, the key that is read. */
type Level = { readonly isArray: boolean; key: string | undefined; index: number };

/** Deeper than a manifest may nest; each level makes all paths below it longer. */
const deepest = 32;

const offsetsIn = (json: string): Map<string, number> => {
  const offsets = new Map<string, number>();
  const levels: Level[] = [];
  const path = (): PropertyKey[] =>
    levels.flatMap(({ isArray, key, index }): PropertyKey[] =>
      isArray ? [index] : key === undefined ? [] : [key],
    );
  for (const { 0: token, index } of json.matchAll(tokens)) {
    const level = levels.at(-1);
    if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && level) {
      level.index++;
      level.key = undefined;
    } else if (token === ':' || token === ',') continue;
    else {
      const isKey = level !== undefined && !level.isArray && level.key === undefined && token.startsWith('"');
      if (isKey) level.key = readKey(token);
      if ((isKey || level?.isArray) && !offsets.has(pathOf(path()))) offsets.set(pathOf(path()), index);
      if (token !== '{' && token !== '[') continue;
      if (levels.length === deepest) break;
      levels.push({ isArray: token === '[', key: undefined, index: 0 });
    }
  }
  return offsets;
};

const readKey = (token: string): string => {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
};
