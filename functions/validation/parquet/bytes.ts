import { RangeUnread, type ReadRange } from './damage.ts';

/** Bytes of a file from one position on, read in windows as they are asked for and forgotten once they are used. */
export class ByteWindow {
  private bytes: Uint8Array = new Uint8Array();
  private at = 0;
  private position: number;
  private readonly end: number;
  private readonly read: ReadRange;
  private readonly window: number;

  /** From `start` to `end`, which is excluded; at least `window` bytes are read at once. */
  constructor(read: ReadRange, start: number, end: number, window: number) {
    this.read = read;
    this.position = start;
    this.end = Math.max(start, end);
    this.window = window;
  }

  /** Bytes that were read and not used yet, at least `length` of them if the file has as many. Throws RangeUnread. */
  async ahead(length: number): Promise<Uint8Array> {
    const held = this.bytes.length - this.at;
    const missing = length - held;
    if (missing <= 0 || this.position >= this.end) return this.bytes.subarray(this.at);
    const start = this.position;
    this.position = Math.min(this.end, start + Math.max(missing, this.window));
    const more = await fetched(this.read, start, this.position);
    const bytes = new Uint8Array(held + more.length);
    bytes.set(this.bytes.subarray(this.at));
    bytes.set(more, held);
    this.bytes = bytes;
    this.at = 0;
    return bytes;
  }

  use(length: number): void {
    this.at += length;
  }
}

/** A range of a file, whole. Throws RangeUnread. */
export const fetched = async (read: ReadRange, start: number, end: number): Promise<Uint8Array> => {
  try {
    const bytes = await read(start, end);
    if (bytes.length === end - start) return bytes;
  } catch (cause) {
    throw new RangeUnread(`could not read bytes ${start} to ${end}`, { cause });
  }
  throw new RangeUnread(`could not read all of bytes ${start} to ${end}`);
};
