/** One column is described by 48 bytes of memory, which the host writes; here a column is their address. */
export const columnBytes: usize = 48;

export namespace Kind {
  export const text: i32 = 0;
  export const int: i32 = 1;
  export const decimal: i32 = 2;
  export const float: i32 = 3;
  export const bool: i32 = 4;
  export const date: i32 = 5;
  export const timestamp: i32 = 6;
}

export namespace Flag {
  export const required: i32 = 1;
  /** The host looks at the values itself. */
  export const watched: i32 = 2;
  /** Has a smallest or a largest value, or a least or a greatest length. */
  export const bounded: i32 = 4;
  /** Of a timestamp: `T` stands between date and time. */
  export const lettered: i32 = 8;
  /** Of a timestamp: a fraction of a second may follow. */
  export const fraction: i32 = 16;
  /** Of a timestamp: `Z` ends it. */
  export const zulu: i32 = 32;
}

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
