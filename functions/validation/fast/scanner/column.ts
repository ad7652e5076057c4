/** One column, as layout.ts describes it; here a column is the address of its bytes. */

export function kindOf(column: usize): i32 {
  return load<i32>(column);
}

export function has(column: usize, flag: i32): bool {
  return (load<i32>(column, 4) & flag) !== 0;
}

/** Of a decimal: digits before the point. Of a text: least characters. */
export function leastOf(column: usize): i32 {
  return load<i32>(column, 8);
}

/** Of a decimal: digits after the point. Of a text: most characters. */
export function mostOf(column: usize): i32 {
  return load<i32>(column, 12);
}

/** Of an int, of a decimal without its point, or of a moment (see moment.ts). */
export function isWithin(column: usize, value: i64): bool {
  return value >= load<i64>(column, 16) && value <= load<i64>(column, 24);
}

export function isFloatWithin(column: usize, value: f64): bool {
  return value >= load<f64>(column, 32) && value <= load<f64>(column, 40);
}
