import { pathOf } from './manifest-problems.ts';

/** From 1; absent where nothing of the text is to blame. */
type Place = { readonly line?: number; readonly column?: number };

/** Where a key or an element stands in a JSON text, or what it would stand in; empty for a text that is no JSON. */
export const jsonPlace = (json: string, path: readonly PropertyKey[]): Place => {
  const offsets = offsetsIn(json);
  for (let length = path.length; length > 0; length--) {
    const offset = offsets.get(pathOf(path.slice(0, length)));
    if (offset !== undefined) return placeAt(json, offset);
  }
  return {};
};

/** The same for a problem of a manifest, which begins with its path, or with where it is no JSON any more. */
export const problemPlace = (json: string, problem: string): Place => {
  const [, position] = /^manifest: is not JSON .* at position (\d+)/.exec(problem) ?? [];
  if (position !== undefined) return placeAt(json, Number(position));
  if (/^manifest: is not JSON .*[Ee]nd of JSON input/.test(problem)) return placeAt(json, json.length);
  const offsets = offsetsIn(json);
  const known = [...offsets.keys()].filter(
    (path) => problem.startsWith(path) && /^[:.[]/.test(problem.slice(path.length)),
  );
  const longest = known.sort((one, other) => other.length - one.length)[0];
  return longest === undefined ? {} : placeAt(json, offsets.get(longest) ?? 0);
};

/** A problem of a manifest with its place: `line 7, column 5: schema.fields.a.type: …`. */
export const placedProblem = (json: string, problem: string): string => {
  const { line, column } = problemPlace(json, problem);
  return line === undefined ? problem : `line ${line}, column ${column}: ${problem}`;
};

const placeAt = (text: string, offset: number): Place => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** An object or an array that is open; of an object, the key that is read. */
type Level = { readonly isArray: boolean; key: string | undefined; index: number };

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
      if (token === '{' || token === '[') levels.push({ isArray: token === '[', key: undefined, index: 0 });
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
