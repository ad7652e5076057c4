import { has, kindOf } from './column';
import { carriageReturn, delimiter, lineFeed, longest, nowhere, quote } from './dialect';
import { columnBytes, Flag, Kind } from './layout';
import { markBytes } from './marks';
import { momentEnd } from './moment';
import { decimalEnd, floatEnd, intEnd } from './number';
import { isText } from './text';
import { boolEnd } from './truth';

/** The next mark that is not yet read. */
export let cursor: usize = 0;
/** Where the next watched field is noted. */
export let notes: usize = 0;
/** Of the record that was read last. */
export let lines: i32 = 0;
export let isMultiline: bool = false;
export let isCrlf: bool = false;

export function begin(nextMark: usize, nextNote: usize): void {
  cursor = nextMark;
  notes = nextNote;
}

/** The end of the record at `start`, including its line end; `nowhere` if it is not certainly valid. */
export function recordEnd(start: usize, first: usize, last: usize): usize {
  lines = 1;
  isMultiline = false;
  let at = start;
  for (let column = first; column < last; column += columnBytes) {
    at = fieldEnd(column, at);
    if (at === nowhere || load<u8>(at) !== delimiter) return nowhere;
    at++;
  }
  at = fieldEnd(last, at);
  if (at === nowhere || at === start || at - start > longest) return nowhere;
  isCrlf = load<u8>(at) === carriageReturn;
  if (isCrlf) {
    at++;
    cursor += markBytes;
  }
  return load<u8>(at) === lineFeed ? at + 1 : nowhere;
}

/** The end of a field, including quotes; the cursor is then after the mark that ends it. */
function fieldEnd(column: usize, start: usize): usize {
  const end = nextMark();
  if (end === start && load<u8>(start) === quote) return quotedEnd(column, start + 1);
  return isRight(column, start, end, 0) ? end : nowhere;
}

function nextMark(): usize {
  const at = load<u32>(cursor);
  cursor += markBytes;
  return at;
}

/** The end of a field whose opening quote is before `start`. */
function quotedEnd(column: usize, start: usize): usize {
  let pairs = 0;
  while (true) {
    const at = nextMark();
    const byte = load<u8>(at);
    if (byte === quote) {
      const next = nextMark();
      if (next !== at + 1) return nowhere;
      if (load<u8>(next) !== quote) return isRight(column, start, at, pairs) ? next : nowhere;
      pairs++;
    } else if (byte === lineFeed || byte === carriageReturn) {
      lines += i32(byte === lineFeed);
      isMultiline = true;
    } else if (byte !== delimiter) return nowhere;
  }
}

function isRight(column: usize, start: usize, end: usize, pairs: i32): bool {
  if (start === end) {
    if (has(column, Flag.required)) return false;
  } else if (!isValue(column, start, end, pairs)) return false;
  if (has(column, Flag.watched)) note(i32(start), pairs === 0 ? i32(end) : ~i32(end));
  return true;
}

function isValue(column: usize, start: usize, end: usize, pairs: i32): bool {
  switch (kindOf(column)) {
    case Kind.text:
      return isText(column, start, end, pairs);
    case Kind.int:
      return intEnd(column, start) === end;
    case Kind.decimal:
      return decimalEnd(column, start) === end;
    case Kind.float:
      return floatEnd(column, start) === end;
    case Kind.bool:
      return boolEnd(start) === end;
    default:
      return momentEnd(column, start) === end;
  }
}

/** Two numbers for the host. */
export function note(one: i32, other: i32): void {
  store<i32>(notes, one);
  store<i32>(notes, other, 4);
  notes += 8;
}
