import { ByteWindow } from './bytes.ts';
import { ParquetDamage, type ReadRange } from './damage.ts';
import { dictionaryOf, type TextAt } from './dictionary.ts';
import type { ColumnChunk } from './footer.ts';
import { type DataPage, type DictionaryPage, mostListedValues, readPage } from './page.ts';
import type { ParquetLeaf } from './schema.ts';
import type { OddValue, ToText } from './texts.ts';

/** Largest total of the pages held at one time, over all columns. */
export type PageRoom = { readonly most: number; held: number };

/** Receives values that no field can have. */
export type OnOdd = (column: ParquetColumnReader, odd: OddValue) => void;

export type ColumnOptions = {
  readonly leaf: ParquetLeaf;
  /** As messages name it. */
  readonly path: string;
  readonly toText: ToText;
  readonly room: PageRoom;
  readonly onOdd: OnOdd;
};

/**
 * Reads one column of a row group page by page, and its values one by one: `level` and `repeat` are those of the next value,
 * `take` returns its text. Before reading, the caller requests whole rows with `fill`.
 */
export class ParquetColumnReader {
  /** Of the next value, after `peek`; after the last one it repeats nothing. */
  level = 0;
  repeat = 0;
  readonly options: ColumnOptions;
  private isPeeked = false;
  private page: DataPage | undefined;
  private left = 0;
  private readonly waiting: DataPage[] = [];
  /** Rows that have begun in the pages that were read, and those that were taken. */
  private begun = 0;
  private ended = 0;
  private unread: number;
  private dictionary: TextAt | undefined;
  private dictionaryBytes = 0;
  private readonly window: ByteWindow;
  private readonly codec: number;

  constructor(chunk: ColumnChunk, read: ReadRange, end: number, window: number, options: ColumnOptions) {
    this.options = options;
    this.codec = chunk.codec;
    this.unread = chunk.values;
    this.window = new ByteWindow(read, chunk.start, end, window);
  }

  /** Number of whole rows in memory: in a list, a row continues until the next one begins. */
  get rows(): number {
    const isOpen = this.options.leaf.repeat > 0 && this.unread > 0;
    return this.begun - this.ended - (isOpen ? 1 : 0);
  }

  /** Reads pages until there is a whole row, or no more. Throws ParquetDamage, RangeUnread. */
  async fill(): Promise<void> {
    try {
      while (this.rows <= 0 && this.unread > 0) await this.readOn();
    } catch (cause) {
      throw this.blamed(cause);
    }
  }

  peek(): void {
    if (this.isPeeked) return;
    const page = this.page && this.left > 0 ? this.page : this.turn();
    this.isPeeked = true;
    if (!page) {
      this.repeat = 0;
      this.level = -1;
      return;
    }
    this.repeat = page.repeats?.[page.count - this.left] ?? 0;
    this.level = page.levels?.next() ?? 0;
    this.left--;
  }

  /** JSON of the value, `null` if there is none. */
  take(): string {
    this.peek();
    this.isPeeked = false;
    const { leaf, onOdd } = this.options;
    if (this.level !== leaf.level) {
      if (this.level < 0 || this.level > leaf.level) throw this.damage('has fewer values than rows');
      return 'null';
    }
    const text = this.text();
    if (typeof text === 'string') return text;
    onOdd(this, text);
    return text.json;
  }

  /** Called after a row was read. */
  endRow(): void {
    this.ended++;
    if (this.options.leaf.repeat === 0) return;
    this.peek();
    if (this.repeat > 0) throw this.damage('goes on in a row where the columns beside it end');
  }

  /** Throws ParquetDamage if values are left. */
  end(): void {
    this.peek();
    if (this.level >= 0 || this.unread > 0) throw this.damage('has more values than rows');
  }

  /** Frees its memory. */
  close(): void {
    this.options.room.held -= this.dictionaryBytes + (this.page?.bytes ?? 0);
    for (const { bytes } of this.waiting) this.options.room.held -= bytes;
  }

  damage(says: string): ParquetDamage {
    return new ParquetDamage(says, this.options.path);
  }

  blamed(cause: unknown): unknown {
    return cause instanceof ParquetDamage && cause.column === undefined
      ? new ParquetDamage(cause.message, this.options.path, { cause })
      : cause;
  }

  private text(): string | OddValue {
    const page = this.page as DataPage;
    const value = page.next();
    if (!page.isIndexed) return this.options.toText(value);
    const text = this.dictionary?.(Number(value));
    if (text === undefined) throw this.damage('has a value that is not in its dictionary');
    return text;
  }

  private turn(): DataPage | undefined {
    this.options.room.held -= this.page?.bytes ?? 0;
    do {
      this.page = this.waiting.shift();
      this.left = this.page?.count ?? 0;
    } while (this.page && this.left === 0);
    return this.page;
  }

  private async readOn(): Promise<void> {
    const { leaf } = this.options;
    const page = await readPage(this.window, this.codec, leaf);
    if (!page) return;
    if (page.kind === 'dictionary') return this.translate(page);
    this.hold(page.bytes);
    this.unread -= page.count;
    if (this.unread < 0) throw new ParquetDamage('has more values than it says');
    this.waiting.push(page);
    if (!page.repeats) {
      this.begun += page.count;
      return;
    }
    for (const repeat of page.repeats) if (repeat === 0) this.begun++;
    const held = this.waiting.reduce((sum, { count }) => sum + count, this.left);
    if (this.rows <= 0 && held > mostListedValues)
      throw new ParquetDamage(`has a row of more than ${mostListedValues} values`);
  }

  private translate(page: DictionaryPage): void {
    const { room, toText } = this.options;
    const { bytes, textAt } = dictionaryOf(page, toText, room.most);
    room.held -= this.dictionaryBytes;
    this.dictionaryBytes = bytes;
    this.dictionary = textAt;
    this.hold(bytes);
  }

  private hold(bytes: number): void {
    const { room } = this.options;
    room.held += bytes;
    if (room.held <= room.most) return;
    const says = `has pages that come, with those of the columns before it, to more than ${room.most / 2 ** 20} MiB`;
    throw new ParquetDamage(`${says}; write smaller pages or row groups`);
  }
}
