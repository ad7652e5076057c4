import { AbstractIterator, AbstractLevel } from 'abstract-level';
import { after, type Change, type Cursor, type Store } from '../store/index.ts';

type Options = { readonly keyEncoding?: string; readonly valueEncoding?: string };

/** Keys and values as abstract-level passes them: texts or bytes, as the options of the call say. */
type Data = string | Buffer;
type Encodings = { readonly valueEncoding?: string; readonly keyEncoding?: string };
type Operation =
  | { readonly type: 'put'; readonly key: Data; readonly value: Data }
  | { readonly type: 'del'; readonly key: Data };

/** The bounds of a range as abstract-level passes them. */
type Bounds = Encodings & {
  readonly gte?: Data;
  readonly gt?: Data;
  readonly lte?: Data;
  readonly lt?: Data;
  readonly reverse: boolean;
  readonly limit: number;
};

/**
 * The database that dynalite expects, on an open store, which it closes. Reads are answered at once; writes of one turn of the
 * event loop together.
 */
export class StoreLevel<Key = string, Value = string> extends AbstractLevel<Data, Key, Value> {
  constructor(
    readonly store: Store,
    options: Options = {},
  ) {
    super({ encodings: { utf8: true, buffer: true }, createIfMissing: false, errorIfExists: false }, options);
    // Dynalite ends a reading with `return()`, which iterators of abstract-level do not have.
    Object.assign(this, {
      keys: (given = {}) => returning(super.keys(given)),
      values: (given = {}) => returning(super.values(given)),
    });
  }

  async _close(): Promise<void> {
    this.store.close();
  }

  async _get(key: Data, { valueEncoding }: Encodings): Promise<Data | undefined> {
    const value = this.store.get(bytesOf(key));
    return value && given(value, valueEncoding);
  }

  _put(key: Data, value: Data): Promise<void> {
    return this.store.writeSoon([{ type: 'put', key: bytesOf(key), value: bytesOf(value) }]);
  }

  _del(key: Data): Promise<void> {
    return this.store.writeSoon([{ type: 'del', key: bytesOf(key) }]);
  }

  _batch(operations: readonly Operation[]): Promise<void> {
    const changes = operations.map((one): Change => {
      const key = bytesOf(one.key);
      return one.type === 'put' ? { type: 'put', key, value: bytesOf(one.value) } : { type: 'del', key };
    });
    return this.store.writeSoon(changes);
  }

  /** Deletes a range; what abstract-level does without this is nothing. */
  _clear(options: Bounds): Promise<void> {
    const cursor = this.store.cursor(rangeOf(options));
    const changes: Change[] = [];
    for (let entry = cursor.next(); entry && changes.length !== options.limit; entry = cursor.next())
      changes.push({ type: 'del', key: entry[0] });
    cursor.close();
    return this.store.writeSoon(changes);
  }

  _iterator(options: Bounds): StoreIterator {
    return new StoreIterator(this, this.store.cursor(rangeOf(options)), options);
  }
}

/** An iterator that stays open keeps what changes meanwhile, and makes each write dearer. */
const returning = <Iterator extends { close(): Promise<void> }>(iterator: Iterator): Iterator =>
  Object.assign(iterator, { return: () => iterator.close() });

const bytesOf = (data: Data): Buffer => (typeof data === 'string' ? Buffer.from(data) : data);
const given = (bytes: Buffer, encoding: string | undefined): Data =>
  encoding === 'utf8' ? bytes.toString() : bytes;

class StoreIterator extends AbstractIterator<StoreLevel<unknown, unknown>, Data, Data> {
  readonly #cursor: Cursor;
  readonly #encodings: Encodings;

  constructor(level: object, cursor: Cursor, options: Bounds) {
    super(level as StoreLevel<unknown, unknown>, options as object);
    this.#cursor = cursor;
    this.#encodings = options;
  }

  async _next(): Promise<[Data, Data] | undefined> {
    const [key, value] = this.#cursor.next() ?? [];
    if (!key || !value) {
      this.#cursor.close();
      return undefined;
    }
    return [given(key, this.#encodings.keyEncoding), given(value, this.#encodings.valueEncoding)];
  }

  _seek(target: Data): void {
    this.#cursor.seek(bytesOf(target));
  }

  async _close(): Promise<void> {
    this.#cursor.close();
  }
}

const rangeOf = ({ gte, gt, lte, lt, reverse }: Bounds) => {
  const from = gt === undefined ? gte : after(bytesOf(gt));
  const to = lte === undefined ? lt : after(bytesOf(lte));
  return {
    ...(from === undefined ? {} : { gte: bytesOf(from) }),
    ...(to === undefined ? {} : { lt: bytesOf(to) }),
    isReverse: reverse,
  };
};
