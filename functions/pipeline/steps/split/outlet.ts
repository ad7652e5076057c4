import { once } from 'node:events';
import { PassThrough } from 'node:stream';

type Store = (body: AsyncIterable<Uint8Array>) => Promise<void>;

const pageBytes = 2 ** 16;
/** Bytes that may wait on each of the two sides of a stream. */
const mostWaiting = 2 ** 19;

/**
 * One object that is written piece by piece while something else is read. If it is aborted, nothing is stored; the writer
 * awaits `drained` now and then, so that at most a mebibyte waits.
 */
export class Outlet {
  /** Written so far. */
  bytes = 0;
  private readonly stream = new PassThrough({ highWaterMark: mostWaiting });
  private readonly stored: Promise<void>;
  private page = Buffer.allocUnsafe(pageBytes);
  private filled = 0;

  constructor(store: Store) {
    // The store gets the error of an aborted stream while it reads; here the error is known already.
    this.stream.on('error', () => {});
    this.stored = store(this.stream);
    this.stored.catch((cause) => this.stream.destroy(asError(cause)));
  }

  /** Takes a copy of the bytes. */
  write(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + pageBytes - this.filled);
      this.page.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === pageBytes) this.turn();
    }
  }

  /** Waits until few bytes wait to be stored; throws the store's error. */
  async drained(): Promise<void> {
    if (this.stream.destroyed) await this.stored;
    if (this.stream.writableNeedDrain) await Promise.race([once(this.stream, 'drain'), this.stored]);
  }

  /** Everything is stored when this resolves. */
  async end(): Promise<void> {
    this.turn();
    this.stream.end();
    await this.stored;
  }

  async abort(cause: unknown): Promise<void> {
    this.stream.destroy(asError(cause));
    await this.stored.catch(() => undefined);
  }

  private turn(): void {
    if (this.filled > 0) this.stream.write(this.page.subarray(0, this.filled));
    this.page = Buffer.allocUnsafe(pageBytes);
    this.filled = 0;
  }
}

const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));
