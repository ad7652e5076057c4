import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';

/** A file before it is written: the header and then the rows, each a list of fields as they will stand. */
export type Draft = { readonly lines: string[][]; readonly manifest: Manifest };

/** The row to which most mutations do something. */
const hurtRow = 5;

/** A field with quotes around it where it needs them. */
export const written = (value: string, { delimiter, quote }: Manifest): string =>
  [delimiter, quote, '\n', '\r'].some((special) => value.includes(special)) ? quoted(value, quote) : value;

/** A field with quotes around it. */
export const quoted = (value: string, quote: string): string =>
  quote + value.replaceAll(quote, quote + quote) + quote;

/** The file as it will stand. */
export const joined = ({ lines, manifest }: Draft, lineEnd = '\n'): string =>
  lines.map((fields) => fields.join(manifest.delimiter) + lineEnd).join('');

type Mutation = (draft: Draft) => string | Buffer;

/** Does something to one field of one row. */
const inField =
  (change: (value: string, manifest: Manifest) => string, column = 0): Mutation =>
  ({ lines, manifest }) => {
    const changed = lines.map((fields, at) =>
      fields.map((value, field) => (at === hurtRow && field === column ? change(value, manifest) : value)),
    );
    return joined({ lines: changed, manifest });
  };

/** Does something to one line, which may become several or none. */
const inLine =
  (change: (line: string, manifest: Manifest) => string, row = hurtRow): Mutation =>
  (draft) => {
    const lines = joined(draft).split(/(?<=\n)/);
    return lines
      .map((line, at) => (at === row ? `${change(line.slice(0, -1), draft.manifest)}\n` : line))
      .join('');
  };

const inText =
  (change: (text: string, manifest: Manifest) => string | Buffer): Mutation =>
  (draft) =>
    change(joined(draft), draft.manifest);

/** Puts bytes into the middle of a row. */
const withBytes =
  (...bytes: number[]): Mutation =>
  (draft) => {
    const text = Buffer.from(joined(draft));
    const at = text.indexOf('\n', text.length / 2) + 1;
    return Buffer.concat([text.subarray(0, at), Buffer.from(bytes), text.subarray(at)]);
  };

/** A row with a longer first field, so many bytes more than is allowed; where much is allowed, it stays as it is. */
const longer = (line: string, { max_row_bytes }: Manifest, more: number): string =>
  max_row_bytes > 1000 ? line : 'y'.repeat(max_row_bytes + more - Buffer.byteLength(line)) + line;

const everyField = (draft: Draft): string => {
  const { quote } = draft.manifest;
  const lines = draft.lines.map((fields) =>
    fields.map((field) => (field.startsWith(quote) ? field : quoted(field, quote))),
  );
  return joined({ ...draft, lines });
};

/** What may happen to a file, by name. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'as it should be': joined,
  'every field quoted': everyField,
  'every field quoted, CRLF': (draft) => everyField(draft).replaceAll('\n', '\r\n'),
  'a quoted field': inField((value, { quote }) => quoted(value, quote)),
  'an empty field': inField(() => ''),
  'an empty quoted field': inField((_, { quote }) => quote + quote),
  'an empty last field': inLine((line, { delimiter }) => line.slice(0, line.lastIndexOf(delimiter) + 1)),
  'a quote that opens': inField((value, { quote }) => quote + value),
  'a quote that closes': inField((value, { quote }) => value + quote),
  'a quote in the middle': inField((value, { quote }) => `x${quote}${value}`),
  'text behind a quote': inField((value, { quote }) => `${quoted(value, quote)}x`),
  'a quote behind a quote': inField((value, { quote }) => `${quoted(value, quote)} ${quote}`),
  'a blank before a quote': inField((value, { quote }) => ` ${quoted(value, quote)}`),
  'three quotes': inField((_, { quote }) => quote.repeat(3)),
  'four quotes': inField((_, { quote }) => quote.repeat(4)),
  'five quotes': inField((_, { quote }) => quote.repeat(5)),
  'a doubled quote': inField((value, { quote }) => quoted(`${value}${quote}`, quote)),
  'a backslash before a quote': inField((value, { quote }) => `${quote}${value}\\${quote}x${quote}`),
  'a delimiter in quotes': inField((value, { delimiter, quote }) => quoted(value + delimiter, quote)),
  'a line break in quotes': inField((value, { quote }) => quoted(`${value}\n${value}`, quote), 1),
  'a CRLF in quotes': inField((value, { quote }) => quoted(`${value}\r\n`, quote)),
  'a CR in quotes': inField((value, { quote }) => quoted(`${value}\r`, quote)),
  'a line break in a broken field': inField((value, { quote }) => `${quoted(`\n${value}`, quote)}x`),
  'a lone CR': inField((value) => `${value}\r`),
  'a CR behind a quote': inField((value, { quote }) => `${quoted(value, quote)}\rx`),
  'CRLF everywhere': (draft) => joined(draft, '\r\n'),
  'one CRLF': inLine((line) => `${line}\r`),
  'CR CRLF': inLine((line) => `${line}\r\r`),
  'CR alone': (draft) => joined(draft, '\r'),
  'no line end at the end': inText((text) => text.slice(0, -1)),
  'a CR at the end': inText((text) => `${text.slice(0, -1)}\r`),
  'cut off in the last field': inText((text) => text.slice(0, -2)),
  'cut off behind a delimiter': inText((text, { delimiter }) =>
    text.slice(0, text.lastIndexOf(delimiter) + 1),
  ),
  'a blank line': inLine(() => ''),
  'a blank line at the end': inText((text) => `${text}\n`),
  'two blank lines at the end': inText((text) => `${text}\r\n\r\n`),
  'a line of blanks': inLine(() => '  '),
  'a line of quotes': inLine((_, { quote }) => quote + quote),
  'a column too many': inLine((line, { delimiter }) => `${line}${delimiter}x`),
  'a delimiter too many': inLine((line, { delimiter }) => line + delimiter),
  'a column too few': inLine((line, { delimiter }) =>
    line.slice(0, Math.max(0, line.lastIndexOf(delimiter))),
  ),
  'two rows in one': inLine((line, { delimiter }) => `${line}${delimiter}${line}`),
  'a row cut in two': inLine((line) => `${line.slice(0, line.length / 2)}\n${line.slice(line.length / 2)}`),
  'delimiters alone': inLine((_, { delimiter, fields }) => delimiter.repeat(fields.length - 1)),
  'another delimiter': inText((text, { delimiter }) =>
    text.replaceAll(delimiter, delimiter === ';' ? ',' : ';'),
  ),
  'a row as long as may be': inLine((line, manifest) => longer(line, manifest, 0)),
  'a row as long as may be, CRLF': inLine((line, manifest) => `${longer(line, manifest, 0)}\r`),
  'a row one byte longer': inLine((line, manifest) => longer(line, manifest, 1)),
  'a row one byte longer, CRLF': inLine((line, manifest) => `${longer(line, manifest, 1)}\r`),
  'a huge field': inField((value) => value + 'y'.repeat(5000)),
  'a huge quoted field': inField((_, { quote, delimiter }) =>
    quoted(`${delimiter}\n${quote}`.repeat(3000), quote),
  ),
  'a huge column count': inLine((line, { delimiter }) => line + delimiter.repeat(3000)),
  'a byte-order mark': inText((text) => `\ufeff${text}`),
  'two byte-order marks': inText((text) => `\ufeff\ufeff${text}`),
  'a byte-order mark in a row': inLine((line) => `\ufeff${line}`),
  'half a byte-order mark': inText((text) => Buffer.concat([Buffer.from([0xef, 0xbb]), Buffer.from(text)])),
  'UTF-16': inText((text) => Buffer.from(`\ufeff${text}`, 'utf16le')),
  'Latin-1': inText((text) => Buffer.from(text.replace('2', 'é'), 'latin1')),
  'a NUL': inField((value) => `${value}\0`),
  'a NUL in the last field': inLine((line) => `${line}\0`),
  'NULs at the end': inText((text) => text + '\0'.repeat(20)),
  'a NUL in the header': inLine((line) => `${line}\0`, 0),
  'a control character': inField((value) => `${value}\u001a`),
  'a lone byte of continuation': withBytes(0x80),
  'a byte that is never UTF-8': withBytes(0xff),
  'an overlong form': withBytes(0xc0, 0xaf),
  'an overlong NUL': withBytes(0xc0, 0x80),
  'a surrogate': withBytes(0xed, 0xa0, 0x80),
  'what lies behind Unicode': withBytes(0xf4, 0x90, 0x80, 0x80),
  'a character cut off': withBytes(0xe2, 0x98),
  'a character cut off by a line end': withBytes(0xe2, 0x98, 0x0a),
  'a character that the delimiter cuts': withBytes(0xf0, 0x9f, 0x2c, 0x98, 0x80),
  'broken bytes in quotes': withBytes(0x22, 0xe9, 0x22, 0x2c),
  'NEL and line separators': inField((value) => `${value}\u0085\u2028\u2029`),
  'the header alone': inText((text) => text.slice(0, text.indexOf('\n') + 1)),
  'the header alone, without a line end': inText((text) => text.slice(0, text.indexOf('\n'))),
  'no header': inText((text) => text.slice(text.indexOf('\n') + 1)),
  'no byte': () => '',
  'a byte-order mark alone': () => '\ufeff',
  'a line end alone': () => '\n',
  'a header twice': inText((text) => text.slice(0, text.indexOf('\n') + 1) + text),
  'a quoted header': inLine(
    (line, { delimiter, quote }) =>
      line
        .split(delimiter)
        .map((name) => quoted(name, quote))
        .join(delimiter),
    0,
  ),
  'a header in capitals': inLine((line) => line.toUpperCase(), 0),
  'columns in another order': ({ lines, manifest }) =>
    joined({ lines: lines.map((fields) => fields.toReversed()), manifest }),
  'a new column': ({ lines, manifest }) =>
    joined({ lines: lines.map((fields, at) => [...fields, `new${at}`]), manifest }),
  'a nameless column': ({ lines, manifest }) =>
    joined({ lines: lines.map((fields, at) => [at === 0 ? '' : 'x', ...fields]), manifest }),
  'a column twice': ({ lines, manifest }) =>
    joined({ lines: lines.map((fields) => [...fields, ...fields.slice(0, 1)]), manifest }),
  'a missing column': ({ lines, manifest }) =>
    joined({ lines: lines.map((fields) => fields.slice(1)), manifest }),
  'invalid rows alone': ({ lines, manifest }) =>
    joined({ lines: [...lines.slice(0, 1), ['\0'], ['\0']], manifest }),
  'many invalid rows': ({ lines, manifest }) =>
    joined({ lines: [...lines, ...Array.from({ length: 150 }, () => ['?'])], manifest }),
};
