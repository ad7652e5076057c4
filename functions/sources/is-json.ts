const [quote, comma, colon, backslash, minus, point, zero, nine] = [
  0x22, 0x2c, 0x3a, 0x5c, 0x2d, 0x2e, 0x30, 0x39,
];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const [letterU, letterE] = [0x75, 0x65];

/** 1 for bytes that end the plain part of a text. */
const special = new Uint8Array(256).fill(1, 0, 0x20);
special[quote] = 1;
special[backslash] = 1;

const escapable = new Uint8Array(256);
for (const letter of '"\\/bfnrt') escapable[letter.charCodeAt(0)] = 1;

const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));

/**
 * True if the bytes are one JSON value (RFC 8259) without blanks outside of its texts. It takes what `JSON.parse` takes, and
 * makes no objects. Whether they are UTF-8 is not its concern.
 */
export const isJson = (bytes: Buffer): boolean => {
  /** The closing bracket of each open object or list. */
  let closing = new Uint8Array(32);
  let depth = 0;
  let at = 0;
  for (;;) {
    const byte = bytes[at];
    if (byte === openBrace || byte === openBracket) {
      const close = byte === openBrace ? closeBrace : closeBracket;
      at++;
      if (bytes[at] !== close) {
        if (depth === closing.length) closing = larger(closing);
        closing[depth++] = close;
        if (byte === openBrace) at = keyEnd(bytes, at);
        if (at < 0) return false;
        continue;
      }
      at++;
    } else at = scalarEnd(bytes, at);
    if (at < 0) return false;
    while (depth > 0 && bytes[at] === closing[depth - 1]) {
      at++;
      depth--;
    }
    if (depth === 0) return at === bytes.length;
    if (bytes[at] !== comma) return false;
    at++;
    if (closing[depth - 1] === closeBrace) at = keyEnd(bytes, at);
    if (at < 0) return false;
  }
};

const larger = (closing: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  const twice = new Uint8Array(2 * closing.length);
  twice.set(closing);
  return twice;
};

/** The position behind the key and the colon that are here; -1 if they are not. */
const keyEnd = (bytes: Buffer, from: number): number => {
  if (bytes[from] !== quote) return -1;
  const at = textEnd(bytes, from);
  return at >= 0 && bytes[at] === colon ? at + 1 : -1;
};

const scalarEnd = (bytes: Buffer, from: number): number => {
  const byte = bytes[from] ?? 0;
  if (byte === quote) return textEnd(bytes, from);
  if (byte === minus || isDigit(byte)) return numberEnd(bytes, from);
  const word = words.find((one) => one[0] === byte);
  if (word === undefined || from + word.length > bytes.length) return -1;
  return word.compare(bytes, from, from + word.length) === 0 ? from + word.length : -1;
};

const textEnd = (bytes: Buffer, from: number): number => {
  const { length } = bytes;
  let at = from + 1;
  for (;;) {
    while (at < length && special[bytes[at] ?? 0] === 0) at++;
    if (at >= length) return -1;
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte !== backslash) return -1;
    const kind = bytes[at + 1] ?? 0;
    if (escapable[kind] === 1) at += 2;
    else if (kind === letterU && hasHex(bytes, at + 2)) at += 6;
    else return -1;
  }
};

const hasHex = (bytes: Buffer, from: number): boolean => {
  for (let at = from; at < from + 4; at++) {
    const byte = bytes[at] ?? 0;
    const lower = byte | 0x20;
    if (!isDigit(byte) && (lower < 0x61 || lower > 0x66)) return false;
  }
  return true;
};

const numberEnd = (bytes: Buffer, from: number): number => {
  const whole = bytes[from] === minus ? from + 1 : from;
  let at = digitsEnd(bytes, whole);
  if (at === whole || (bytes[whole] === zero && at > whole + 1)) return -1;
  if (bytes[at] === point) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction);
    if (at === fraction) return -1;
  }
  if (((bytes[at] ?? 0) | 0x20) === letterE) {
    const sign = bytes[at + 1];
    const exponent = sign === minus || sign === 0x2b ? at + 2 : at + 1;
    at = digitsEnd(bytes, exponent);
    if (at === exponent) return -1;
  }
  return at;
};

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

const digitsEnd = (bytes: Buffer, from: number): number => {
  let at = from;
  while (isDigit(bytes[at] ?? 0)) at++;
  return at;
};
