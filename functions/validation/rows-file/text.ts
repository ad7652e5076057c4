/** The form of texts in a file that people open in a spreadsheet and send back. */

const formula = /^'*[=+\-@\t\r]/;
const escaped = /^'+[=+\-@\t\r]/;
const plainNumber = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** Puts an apostrophe before a text that a spreadsheet would run as a formula; plain numbers stay unchanged. */
export const escapeFormula = (text: string): string =>
  formula.test(text) && !plainNumber.test(text) ? `'${text}` : text;

/** Undoes `escapeFormula`. */
export const unescapeFormula = (text: string): string => (escaped.test(text) ? text.slice(1) : text);

/** One CSV record by RFC 4180, without its line end: only fields that need quotes get them. */
export const csvRecord = (fields: readonly string[], delimiter = ',', quote = '"'): string =>
  fields
    .map((field) =>
      [delimiter, quote, '\r', '\n'].some((special) => field.includes(special))
        ? quote + field.replaceAll(quote, quote + quote) + quote
        : field,
    )
    .join(delimiter);
