import { appendFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export type BufferOptions = {
  /** Holds the records that are gathered, and files that are not put yet. */
  readonly directory: string;
  readonly mostBytes: number;
  readonly mostMilliseconds: number;
  /** A new name for a file. */
  readonly newName: () => string;
  /** Puts a file; called again with the same name and bytes until it succeeds, also after a restart. */
  readonly put: (name: string, bytes: Buffer) => Promise<void>;
  readonly complain: (line: string) => void;
};

/** Gathers records on disk until they are many or old enough, then puts them as one file. */
export class StreamBuffer {
  readonly #options: BufferOptions;
  readonly #gathered: string;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  private constructor(options: BufferOptions) {
    this.#options = options;
    this.#gathered = join(options.directory, 'gathered');
  }

  /** Continues with what an earlier process left. */
  static async open(options: BufferOptions): Promise<StreamBuffer> {
    await mkdir(options.directory, { recursive: true });
    const buffer = new StreamBuffer(options);
    const left = await readFile(buffer.#gathered).catch(() => Buffer.alloc(0));
    buffer.#bytes = left.length;
    // The cloud must be open before files can be put.
    if ((await readdir(options.directory)).length > 0) buffer.#wake(retryMilliseconds);
    return buffer;
  }

  /** Resolves when the records are on disk. */
  add(records: readonly Buffer[]): Promise<void> {
    return this.#inTurn(async () => {
      const bytes = Buffer.concat(records);
      await appendFile(this.#gathered, bytes);
      this.#bytes += bytes.length;
      const { mostBytes, mostMilliseconds } = this.#options;
      if (this.#bytes >= mostBytes) await this.#seal();
      else if (!this.#timer) this.#wake(mostMilliseconds);
    });
  }

  /** Stops; what is gathered stays on disk. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#last;
    clearTimeout(this.#timer);
  }

  #wake(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#seal()), milliseconds);
  }

  /** What is gathered gets its name before it is put, so that another try puts the same file. */
  async #seal(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { directory, newName, put, complain } = this.#options;
    if (this.#bytes > 0) await rename(this.#gathered, join(directory, newName()));
    this.#bytes = 0;
    try {
      for (const name of (await readdir(directory)).filter((one) => one !== 'gathered').sort()) {
        await put(name, await readFile(join(directory, name)));
        await rm(join(directory, name));
      }
    } catch (cause) {
      complain(`A stream could not put its file: ${cause}`);
      this.#wake(retryMilliseconds);
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

const retryMilliseconds = 1_000;
