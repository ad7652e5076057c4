import { PipelineError } from '../../values/index.ts';
import type { JsonShape, ObjectShape } from './shape.ts';
import { kindOf, readKey } from './skip.ts';
import { type JsonTokens, jsonByte } from './tokens.ts';

/** A value as it is written, or the members of an object, or the elements of an array. */
type Tree = string | Members | Tree[];
type Members = Map<string, Tree>;

/** A key that stands for a path has the place of another value. */
export class NamedTwice extends PipelineError {
  override readonly name = 'NamedTwice';
  readonly path: string;

  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

/**
 * A record in which each key such as `user.name` that is a field's path becomes a key in an object; numbers and texts stay as
 * written. The tokens are at a record that was read before. Throws NamedTwice.
 */
export const nestedRecord = (tokens: JsonTokens, shape: ObjectShape): string => {
  tokens.next();
  return written(readTree(tokens, shape));
};

const readTree = (tokens: JsonTokens, shape: JsonShape | undefined): Tree => {
  const kind = kindOf(tokens.next());
  if (kind === 'an object' && shape?.kind === 'object') return readObject(tokens, shape);
  if (kind === 'an array' && shape?.kind === 'list') return readArray(tokens, shape.items);
  return readText(tokens);
};

const readObject = (tokens: JsonTokens, shape: ObjectShape): Members => {
  const members: Members = new Map();
  const flat: (readonly [string, Tree])[] = [];
  tokens.at++;
  if (tokens.next() === jsonByte.closeBrace) tokens.at++;
  else
    do {
      readKey(tokens);
      const key = tokens.text();
      tokens.next();
      tokens.at++;
      const place = shape.flat.get(key);
      const value = readTree(tokens, place ?? shape.byKey.get(key)?.shape);
      if (place) flat.push([key, value]);
      else members.set(key, value);
    } while (tokens.goesOn(jsonByte.closeBrace));
  for (const [key, value] of flat) put(members, key.split('.'), value, shape.path + key);
  return members;
};

const readArray = (tokens: JsonTokens, shape: JsonShape): Tree[] => {
  const elements: Tree[] = [];
  tokens.at++;
  if (tokens.next() === jsonByte.closeBracket) tokens.at++;
  else
    do {
      elements.push(readTree(tokens, shape));
    } while (tokens.goesOn(jsonByte.closeBracket));
  return elements;
};

/** Everything between is kept, blanks too. */
const readText = (tokens: JsonTokens): string => {
  const start = tokens.at;
  let depth = 0;
  do {
    const byte = tokens.next();
    if (byte === jsonByte.quote) tokens.string();
    else {
      if (byte === jsonByte.openBrace || byte === jsonByte.openBracket) depth++;
      if (byte === jsonByte.closeBrace || byte === jsonByte.closeBracket) depth--;
      const kind = kindOf(byte);
      if (kind === 'a number') tokens.number();
      else if (/[tfn]/.test(String.fromCharCode(byte))) tokens.word();
      else tokens.at++;
    }
  } while (depth > 0);
  return tokens.bytes.toString('utf8', start, tokens.at);
};

/** A missing value, or null, becomes an object. */
const put = (members: Members, [key = '', ...rest]: readonly string[], value: Tree, path: string): void => {
  const before = members.get(key);
  if (rest.length === 0) {
    if (before !== undefined && !(before instanceof Map && value instanceof Map)) throw new NamedTwice(path);
    if (before instanceof Map && value instanceof Map)
      for (const [name, one] of value) put(before, [name], one, `${path}.${name}`);
    else members.set(key, value);
    return;
  }
  const isNothing = before === undefined || before === 'null';
  if (!isNothing && !(before instanceof Map)) throw new NamedTwice(path);
  const inner: Members = isNothing ? new Map() : before;
  members.set(key, inner);
  put(inner, rest, value, path);
};

const written = (tree: Tree): string => {
  if (typeof tree === 'string') return tree;
  if (Array.isArray(tree)) return `[${tree.map(written).join(',')}]`;
  return `{${[...tree].map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`).join(',')}}`;
};
