import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** How a system names a disk without room, or one that can be read at most, by code or in words. */
const full = {
  codes: /^(ENOSPC|EDQUOT|EFBIG)$/,
  words: 'No space left on device|Disk quota exceeded|ENOSPC: |EDQUOT: ',
};
const broken = {
  codes: /^(EIO|EROFS)$/,
  // Node says the last one of a folder, with its parents, that cannot be made for any of these reasons, such as a full disk.
  words: 'Input/output error|Read-only file system|EIO: |EROFS: |ENOENT: no such file or directory, mkdir',
};

/**
 * Where such words are the system's own: at the beginning, or in an error of DuckDB about files. Anywhere else they may be a value
 * of a landed row, which must not look like a full disk. The last one is DuckDB's limit of what it spills, the room of the disk.
 */
const messagesWith = (words: string): RegExp =>
  new RegExp(
    [
      `^(?:not published: )?(?:[\\w.]+(?:Exception|Error): )*(?:\\[Errno \\d+\\] )?(?:${words})`,
      `^(?:not published: )?(?:IO|FATAL) Error: [^]*(?:${words})`,
      `^(?:not published: )?TransactionContext Error: Failed to commit: Could not [^]*(?:${words})`,
    ].join('|'),
  );
const spilled = /^(?:not published: )?Out of Memory Error: failed to offload/;

type Facts = {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  /** What could not be opened. */
  readonly path?: unknown;
};

const [SQLITE_IOERR, SQLITE_FULL] = [10, 13];

const isFull = ({ name, code, message }: Facts): boolean =>
  full.codes.test(String(code)) ||
  (name === 'SqliteError' && code === SQLITE_FULL) ||
  fullMessage.test(String(message)) ||
  spilled.test(String(message));

const isBroken = ({ name, code, message }: Facts): boolean =>
  broken.codes.test(String(code)) ||
  (name === 'SqliteError' && (Number(code) & 0xff) === SQLITE_IOERR) ||
  brokenMessage.test(String(message));

const [fullMessage, brokenMessage] = [messagesWith(full.words), messagesWith(broken.words)];

/** Somebody has taken away the permission to write into the folder. */
const isWithoutPermission = (state: string, { code, path }: Facts): boolean =>
  /^(EACCES|EPERM)$/.test(String(code)) &&
  typeof path === 'string' &&
  path.startsWith(state) &&
  !isWritable(dirname(path));

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** The first error in a chain of causes that says that this machine cannot write. */
const failureIn = (state: string, error: unknown): Facts | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const facts: Facts = error;
  const isFailure = isFull(facts) || isBroken(facts) || isWithoutPermission(state, facts);
  return isFailure ? facts : failureIn(state, facts.cause);
};

/** The machine cannot write into a state folder: its disk is full, over its quota, read-only or broken. */
export class StateNotWritable extends Error {
  override readonly name = 'StateNotWritable';
  constructor(
    readonly state: string,
    cause: unknown,
  ) {
    const failure = failureIn(state, cause) ?? {};
    const [line = ''] = String(failure.message ?? cause).split('\n');
    const { path } = failure;
    // Temporary files may be on another disk.
    const folder =
      typeof path === 'string' && !path.startsWith(state) ? dirname(path) : `the state folder ${state}`;
    const { hasRoom, hasInodes } = diskOf(state);
    const problem =
      isFull(failure) || !hasRoom || !hasInodes
        ? `the disk of ${folder} is full, so free some space`
        : `${folder} cannot be written`;
    super(`${problem} (${line}${hasInodes ? '' : '; it has no inodes, so remove files'})`, { cause });
  }
}

/** What a disk has now. Without inodes there is room, but for no more files; some file systems have no fixed number of them. */
const diskOf = (state: string): { readonly hasRoom: boolean; readonly hasInodes: boolean } => {
  try {
    const { bavail, files, ffree } = statfsSync(state);
    return { hasRoom: bavail > 0, hasInodes: files === 0 || ffree > 0 };
  } catch {
    return { hasRoom: true, hasInodes: true };
  }
};

/** Whether a message, such as a service's answer, is that of a `StateNotWritable`. */
export const saysNotWritable = (message: string): boolean =>
  /\b(?:the disk of .* is full, so free some space|cannot be written) \(/.test(message);

/** The error as `StateNotWritable` if it, or one of its causes, says that this machine cannot write; otherwise undefined. */
export const stateNotWritable = (state: string, error: unknown): StateNotWritable | undefined => {
  if (error instanceof StateNotWritable) return error;
  return failureIn(state, error) && new StateNotWritable(state, error);
};
