import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A real disk of its own, in memory, that can be full. */
export type SmallDisk = {
  readonly folder: string;
  /** Bytes that are free. */
  room(): number;
  /** Fills the disk except for so many bytes, and again when something is removed, until `free`. */
  fill(left: number): void;
  /** Uses up the inodes, so that no more files can be made, although there is room, until `free`. */
  fillInodes(): void;
  free(): void;
  /** Takes the disk away with all that is on it. */
  remove(): Promise<void>;
};

const block = Buffer.alloc(64 * 1024);
const page = 4_096;
/** Files that the disk can hold. */
const inodes = 20_000;

const isRoot = process.getuid?.() === 0;
const runAsRoot = (...command: readonly string[]): string | undefined => {
  const [program = '', ...words] = isRoot ? command : ['sudo', '-n', ...command];
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
};

/** Mounts a disk of so many bytes; the reason if this machine or this user cannot. */
export const mountSmallDisk = (bytes: number): SmallDisk | string => {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},mode=700`;
  const problem = runAsRoot(
    'mount',
    '-t',
    'tmpfs',
    '-o',
    `size=${bytes},nr_inodes=${inodes},${owner}`,
    'tmpfs',
    folder,
  );
  if (problem === undefined) return new MountedDisk(folder);
  rmdirSync(folder);
  return `a tmpfs cannot be mounted: ${problem}`;
};

class MountedDisk implements SmallDisk {
  readonly #filler: string;
  /** A folder of empty files. */
  readonly #fillers: string;
  #made = 0;
  #file: number | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(readonly folder: string) {
    this.#filler = join(folder, 'filler');
    this.#fillers = join(folder, 'fillers');
  }

  room(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  fill(left: number): void {
    this.#file ??= openSync(this.#filler, 'w');
    try {
      for (let room = this.room() - left; room >= page; room = this.room() - left)
        writeSync(this.#file, block, 0, Math.min(room, block.length));
    } catch {
      // Somebody else took the last block.
    }
    this.#again ??= setInterval(() => this.fill(left), 20).unref();
  }

  fillInodes(): void {
    try {
      mkdirSync(this.#fillers, { recursive: true });
      for (let free = statfsSync(this.folder).ffree; free > 0; free--)
        closeSync(openSync(join(this.#fillers, String(this.#made++)), 'w'));
    } catch {
      // Somebody else took the last inode.
    }
    this.#again ??= setInterval(() => this.fillInodes(), 20).unref();
  }

  free(): void {
    clearInterval(this.#again);
    this.#again = undefined;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#filler, { force: true });
    rmSync(this.#fillers, { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    this.free();
    // Processes that end with their parent may take a moment.
    for (let tries = 0; tries < 20; tries++) {
      if (runAsRoot('umount', this.folder) === undefined) return rmdirSync(this.folder);
      await pause(100);
    }
    runAsRoot('umount', '--lazy', this.folder);
    rmdirSync(this.folder);
  }
}
