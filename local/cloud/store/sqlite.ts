import init from '@sqlite.org/sqlite-wasm';

/** What a column holds, and what a parameter can be. */
export type Value = Buffer | number | string | null;

/** SQLite says no. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const { capi, wasm, vfs } = await init({ print: () => {}, printErr: () => {} });

const functions: {
  sqlite3_step(statement: number): number;
  sqlite3_reset(statement: number): number;
  sqlite3_bind_blob(statement: number, at: number, bytes: number, length: number, free: number): number;
  sqlite3_bind_int64(statement: number, at: number, value: bigint): number;
  sqlite3_column_count(statement: number): number;
  sqlite3_column_type(statement: number, at: number): number;
  sqlite3_column_blob(statement: number, at: number): number;
  sqlite3_column_bytes(statement: number, at: number): number;
  sqlite3_column_double(statement: number, at: number): number;
  sqlite3_get_autocommit(connection: number): number;
} = wasm.exports;

/** Bytes of parameters, until the next statement gets its own. */
let parameters = { at: wasm.alloc(65_536), size: 65_536 };

const roomFor = (size: number): number => {
  if (size > parameters.size) {
    wasm.dealloc(parameters.at);
    parameters = { at: wasm.alloc(2 * size), size: 2 * size };
  }
  return parameters.at;
};

/** A prepared statement. Only one at a time may be between its start and its end. */
export class Statement {
  readonly #columns: number;

  constructor(
    readonly connection: number,
    readonly pointer: number,
  ) {
    this.#columns = functions.sqlite3_column_count(pointer);
  }

  run(...values: readonly (Uint8Array | number)[]): void {
    this.each(values, () => true);
  }

  get(...values: readonly (Uint8Array | number)[]): Value[] | undefined {
    let first: Value[] | undefined;
    this.each(values, (row) => {
      first = row;
      return false;
    });
    return first;
  }

  /** Passes each row to a function until it returns false. */
  each(values: readonly (Uint8Array | number)[], take: (row: Value[]) => boolean): void {
    this.#bind(values);
    try {
      for (;;) {
        const code = functions.sqlite3_step(this.pointer);
        if (code === capi.SQLITE_DONE) return;
        if (code !== capi.SQLITE_ROW) throw errorOf(this.connection, code);
        if (!take(this.#row())) return;
      }
    } finally {
      functions.sqlite3_reset(this.pointer);
    }
  }

  #bind(values: readonly (Uint8Array | number)[]): void {
    let at = roomFor(
      values.reduce<number>((size, one) => size + (typeof one === 'number' ? 0 : one.length), 1),
    );
    for (const [index, value] of values.entries()) {
      if (typeof value === 'number') {
        functions.sqlite3_bind_int64(this.pointer, index + 1, BigInt(value));
      } else {
        wasm.heap8u().set(value, at);
        functions.sqlite3_bind_blob(this.pointer, index + 1, at, value.length, 0);
        at += value.length;
      }
    }
  }

  #row(): Value[] {
    const row: Value[] = [];
    for (let at = 0; at < this.#columns; at++) row.push(this.#value(at));
    return row;
  }

  #value(at: number): Value {
    const type = functions.sqlite3_column_type(this.pointer, at);
    if (type === capi.SQLITE_NULL) return null;
    if (type === capi.SQLITE_INTEGER) return functions.sqlite3_column_double(this.pointer, at);
    const start = functions.sqlite3_column_blob(this.pointer, at);
    const bytes = Buffer.from(
      wasm.heap8u().subarray(start, start + functions.sqlite3_column_bytes(this.pointer, at)),
    );
    return type === capi.SQLITE_TEXT ? bytes.toString() : bytes;
  }
}

/** An open file of SQLite. */
export class Connection {
  readonly #pointer: number;
  readonly #statements: number[] = [];

  /** A new file leaves so many bytes at the end of each page to its VFS. */
  constructor(path: string, vfsName: string, reserved: number) {
    const place = wasm.scopedAllocPush();
    try {
      const pointer = wasm.scopedAlloc(8);
      const flags = capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE;
      const code = capi.sqlite3_open_v2(path, pointer, flags, vfsName);
      this.#pointer = wasm.peekPtr(pointer);
      if (code !== 0) {
        const error = errorOf(this.#pointer, code);
        this.close();
        throw error;
      }
      wasm.poke(pointer, reserved, 'i32');
      capi.sqlite3_file_control(this.#pointer, 'main', capi.SQLITE_FCNTL_RESERVE_BYTES, pointer);
      // A damaged log must not be removed by the end of a process that cannot use it.
      capi.sqlite3_db_config(this.#pointer, capi.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, 0);
    } finally {
      wasm.scopedAllocPop(place);
    }
  }

  prepare(sql: string): Statement {
    const place = wasm.scopedAllocPush();
    try {
      const pointer = wasm.scopedAlloc(8);
      const code = capi.sqlite3_prepare_v2(this.#pointer, sql, -1, pointer, 0);
      if (code !== 0) throw errorOf(this.#pointer, code);
      const statement = wasm.peekPtr(pointer);
      this.#statements.push(statement);
      return new Statement(this.#pointer, statement);
    } finally {
      wasm.scopedAllocPop(place);
    }
  }

  /** Runs one statement and returns its first value. */
  ask(sql: string): Value | undefined {
    const statement = this.prepare(sql);
    try {
      return statement.get()?.[0];
    } finally {
      this.#statements.pop();
      capi.sqlite3_finalize(statement.pointer);
    }
  }

  get isInTransaction(): boolean {
    return functions.sqlite3_get_autocommit(this.#pointer) === 0;
  }

  close(): void {
    for (const statement of this.#statements.splice(0)) capi.sqlite3_finalize(statement);
    capi.sqlite3_close_v2(this.#pointer);
  }
}

const errorOf = (connection: number, code: number): SqliteError =>
  new SqliteError(code, capi.sqlite3_errmsg(connection));
