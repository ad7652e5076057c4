import { AbstractIterator, AbstractLevel } from 'abstract-level';
import { after, type Change, type Cursor, type Store } from '../store/index.ts';

type Options = { readonly keyEncoding?: string; readonly valueEncoding?: string };

/** The bounds of a range as abstract-level passes them. */
type Bounds = {
  readonly gte?: Buffer;
  readonly gt?: Buffer;
  readonly lte?: Buffer;
  readonly lt?: Buffer;
  readonly reverse: boolean;
  readonly limit: number;
};

/** The database that dynalite expects, on an open store, which it closes. Reads are answered at once; writes of one turn of the event loop together. */
export class StoreLevel<Key = string, Value = string> extends AbstractLevel<Buffer, Key, Value> {
  constructor(
    readonly store: Store,
    options: Options = {},
  ) {
    super({ encodings: { buffer: true }, createIfMissing: false, errorIfExists: false }, options);
  }

  async _close(): Promise<void> {
    this.store.close();
  }

  async _get(key: Buffer): Promise<Buffer | undefined> {
    return this.store.get(key);
  }

  _put(key: Buffer, value: Buffer): Promise<void> {
    return this.store.writeSoon([{ type: 'put', key, value }]);
  }

  _del(key: Buffer): Promise<void> {
    return this.store.writeSoon([{ type: 'del', key }]);
  }

  _batch(changes: readonly Change[]): Promise<void> {
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

class StoreIterator extends AbstractIterator<StoreLevel<unknown, unknown>, Buffer, Buffer> {
  readonly #cursor: Cursor;

  constructor(level: object, cursor: Cursor, options: Bounds) {
    super(level as StoreLevel<unknown, unknown>, options as object);
    this.#cursor = cursor;
  }

  async _next(): Promise<[Buffer, Buffer] | undefined> {
    const entry = this.#cursor.next();
    return entry && [...entry];
  }

  _seek(target: Buffer): void {
    this.#cursor.seek(target);
  }

  async _close(): Promise<void> {
    this.#cursor.close();
  }
}

const rangeOf = ({ gte, gt, lte, lt, reverse }: Bounds) => {
  const from = gt ? after(gt) : gte;
  const to = lte ? after(lte) : lt;
  return { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}), isReverse: reverse };
};
