import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedState } from '../../state/index.ts';
import type { Disk } from '../disk.ts';
import { oldRecordsIn, RecordFile, readRecords } from './record-file.ts';

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

/** Records that are gathered. The name of a file that is not put yet ends with its length. */
const gathered = 'batches';
const sealed = (name: string, length: number): string => `${name}~${length}`;
const sealedName = /^(.*)~(\d+)$/s;

/** Files that older versions have left: records that were gathered, without checksums and before that bare, and files to be put. */
const old = { gathered: 'records', bare: 'gathered', sealed: '.sealed' };

/** Gathers records on disk until they are many or old enough, then puts them as one file. */
export class StreamBuffer {
  readonly #options: BufferOptions;
  readonly #records: RecordFile;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  /** Names of files that are not put, because they are damaged. */
  readonly #damaged = new Set<string>();
  #pause: number;

  private constructor(options: BufferOptions, records: RecordFile) {
    this.#options = options;
    this.#records = records;
    this.#pause = this.#pauses.first;
  }

  get #pauses() {
    return this.#options.pauses ?? usualPauses;
  }

  /** Continues with what an earlier process left. */
  static async open(options: BufferOptions): Promise<StreamBuffer> {
    const { directory, newName } = options;
    await mkdir(directory, { recursive: true });
    const seal = (from: string, name: string) =>
      rename(join(directory, from), join(directory, name)).catch(() => undefined);
    await seal(old.bare, newName());
    await seal(old.gathered, `${newName()}${old.sealed}`);
    const path = join(directory, gathered);
    const records = await RecordFile.open(path).catch(async (error: unknown) => {
      if (!(error instanceof DamagedState)) throw error;
      // Nothing more is added to a damaged file.
      await seal(gathered, sealed(newName(), (await stat(path)).size));
      return RecordFile.open(path);
    });
    const buffer = new StreamBuffer(options, records);
    // The cloud must be open before files can be put.
    if ((await readdir(directory)).length > 0) buffer.#wake(buffer.#pause);
    return buffer;
  }

  /** Resolves when the records are on disk; if it rejects, none of them is. */
  add(records: readonly Buffer[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#records.append(Buffer.concat(records));
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
    await this.#records.close();
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
    const { directory, newName, put } = this.#options;
    const { length } = this.#records;
    if (length > 0) await this.#records.moveTo(join(directory, sealed(newName(), length)));
    for (const name of (await readdir(directory)).filter((one) => one !== gathered).sort()) {
      if (this.#damaged.has(name)) continue;
      const file = await readSealed(directory, name).catch((error) => this.#leave(name, error));
      if (!file) continue;
      await put(file.name, file.bytes);
      await rm(join(directory, name));
    }
  }

  /** A damaged file stays where it is; others are put. */
  #leave(name: string, error: unknown): undefined {
    if (!(error instanceof DamagedState)) throw error;
    this.#damaged.add(name);
    this.#options.complain(`cannot put a file: ${error.message}`);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** A file that is to be put, with the name under which it is put. */
const readSealed = async (
  directory: string,
  name: string,
): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
  const path = join(directory, name);
  const [, own, length] = sealedName.exec(name) ?? [];
  if (own !== undefined) return { name: own, bytes: await readRecords(path, Number(length)) };
  if (!name.endsWith(old.sealed)) return { name, bytes: await readFile(path) };
  return { name: name.slice(0, -old.sealed.length), bytes: oldRecordsIn(await readFile(path)) };
};
