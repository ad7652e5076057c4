/** How the file is written; set before its pieces are read. */

export const lineFeed: u8 = 0x0a;
export const carriageReturn: u8 = 0x0d;
export const minus: u8 = 0x2d;
export const point: u8 = 0x2e;
export const zero: u8 = 0x30;

/** No position: the value, or the record, is not certainly valid. */
export const nowhere: usize = 0;

export let delimiter: u8 = 0;
export let quote: u8 = 0;
/** Most bytes of a record. */
export let longest: usize = 0;
/** Bytes below it, read as signed, are not certainly text: none, or NUL and all that is not ASCII. */
export let lowest: i8 = -128;

export function setDialect(delimiterByte: u8, quoteByte: u8, longestRecord: usize, lowestByte: i8): void {
  delimiter = delimiterByte;
  quote = quoteByte;
  longest = longestRecord;
  lowest = lowestByte;
}
