import { mkdir } from 'node:fs/promises';
import type { Disk } from '../disk.ts';
import { takeOldFiles } from './old-files.ts';
import { RecordStore } from './record-store.ts';

export type BufferOptions = {
  /** Holds the records that are gathered, and files that are not put yet. */
  readonly directory: string;
  readonly mostBytes: number;
  readonly mostMilliseconds: number;
  /** A new name for a file. */
  readonly newName: () => string;
  /** Puts a file; called again with the same name and bytes until it succeeds, also after a restart. */
  readonly put: (name: string, bytes: Buffer) => Promise<void>;
  /** Receives what the stream cannot do, as the rest of a sentence. */
  readonly complain: (line: string) => void;
  readonly disk: Disk;
  /** Milliseconds between the first two tries to put a file, and between the last ones. */
  readonly pauses?: { readonly first: number; readonly longest: number };
};

const usualPauses = { first: 1_000, longest: 60_000 };

/** Gathers records on disk until they are many or old enough, then puts them as one file. */
export class StreamBuffer {
  readonly #options: BufferOptions;
  readonly #records: RecordStore;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #pause: number;

  private constructor(options: BufferOptions, records: RecordStore) {
    this.#options = options;
    this.#records = records;
    this.#pause = this.#pauses.first;
  }

  get #pauses() {
    return this.#options.pauses ?? usualPauses;
  }

  /** Continues with what an earlier process left. Rejects with `DamagedStore`. */
  static async open(options: BufferOptions): Promise<StreamBuffer> {
    const { directory, newName } = options;
    await mkdir(directory, { recursive: true });
    const records = new RecordStore(directory);
    await takeOldFiles(directory, newName, (old) => records.addNamed(old.name, old.records)).catch(
      (cause) => {
        records.close();
        throw cause;
      },
    );
    const buffer = new StreamBuffer(options, records);
    // The cloud must be open before files can be put.
    if (records.length > 0 || records.names().length > 0) buffer.#wake(buffer.#pause);
    return buffer;
  }

  /** Resolves when the records are on disk; if it rejects, none of them is. */
  add(records: readonly Buffer[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#records.append(Buffer.concat(records));
      const { mostBytes, mostMilliseconds } = this.#options;
      if (this.#records.length >= mostBytes) await this.#putAll();
      else if (!this.#timer) this.#wake(mostMilliseconds);
    });
  }

  /** Stops; what is gathered stays on disk. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#last;
    clearTimeout(this.#timer);
    this.#records.close();
  }

  #wake(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#putAll()), milliseconds);
  }

  /** What cannot be put now is put later, after pauses that grow. */
  async #putAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { complain, disk } = this.#options;
    try {
      await this.#seal();
      this.#pause = this.#pauses.first;
    } catch (cause) {
      if (disk.notice(cause)) return this.#wake(this.#pauses.first);
      complain(`cannot put its file, and tries it again: ${cause}`);
      this.#wake(this.#pause);
      this.#pause = Math.min(2 * this.#pause, this.#pauses.longest);
    }
  }

  /** What is gathered gets its name before it is put, so that another try puts the same file. */
  async #seal(): Promise<void> {
    const { newName, put } = this.#options;
    if (this.#records.length > 0) this.#records.seal(newName());
    for (const { file, name } of this.#records.names()) {
      await put(name, this.#records.recordsOf(file));
      this.#records.remove(file);
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
