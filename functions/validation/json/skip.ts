import { type JsonTokens, jsonByte } from './tokens.ts';

const { quote, minus, colon, openBracket, closeBracket, openBrace, closeBrace } = jsonByte;

/** Arrays and objects in one another, the record included. */
const mostDepth = 64;

/** Kinds of JSON values, as messages name them. */
export type JsonKind = 'a string' | 'a number' | 'true or false' | 'null' | 'an object' | 'an array';

/** The kind of the value that begins with a byte; anything that is not a value counts as a word, which `skipValue` rejects. */
export const kindOf = (byte: number): JsonKind => {
  if (byte === quote) return 'a string';
  if (byte === minus || (byte >= 0x30 && byte <= 0x39)) return 'a number';
  if (byte === openBrace) return 'an object';
  if (byte === openBracket) return 'an array';
  return byte === 0x6e ? 'null' : 'true or false';
};

/** Reads one value of any kind, whose first byte comes next, as strictly as any other; false with the tokens' problem. */
export const skipValue = (tokens: JsonTokens, byte: number, depth: number): boolean => {
  switch (kindOf(byte)) {
    case 'a string':
      return tokens.string();
    case 'a number':
      return tokens.number();
    case 'an object':
      return isShallow(tokens, depth) && skipObject(tokens, depth + 1);
    case 'an array':
      return isShallow(tokens, depth) && skipArray(tokens, depth + 1);
    default:
      return tokens.word();
  }
};

const isShallow = (tokens: JsonTokens, depth: number): boolean =>
  depth < mostDepth || tokens.fails(`it nests deeper than ${mostDepth} levels`);

const skipArray = (tokens: JsonTokens, depth: number): boolean => {
  tokens.at++;
  if (tokens.next() === closeBracket) {
    tokens.at++;
    return true;
  }
  do {
    if (!skipValue(tokens, tokens.next(), depth)) return false;
  } while (tokens.goesOn(closeBracket));
  return tokens.problem === '';
};

const skipObject = (tokens: JsonTokens, depth: number): boolean => {
  tokens.at++;
  if (tokens.next() === closeBrace) {
    tokens.at++;
    return true;
  }
  const keys = new Set<string>();
  do {
    if (!readKey(tokens)) return false;
    const key = tokens.text();
    if (keys.has(key)) return tokens.fails('an object names a key twice', tokens.start - 1);
    keys.add(key);
    if (!readColon(tokens) || !skipValue(tokens, tokens.next(), depth)) return false;
  } while (tokens.goesOn(closeBrace));
  return tokens.problem === '';
};

/** Reads the key that comes next. */
export const readKey = (tokens: JsonTokens): boolean =>
  tokens.next() === quote ? tokens.string() : tokens.fails('a key in quotes is expected');

export const readColon = (tokens: JsonTokens): boolean => {
  if (tokens.next() !== colon) return tokens.fails('a colon is expected');
  tokens.at++;
  return true;
};
