/** What a system, SQLite, DuckDB, LevelDB and Java call a disk without room. */
const full = {
  codes: /^(ENOSPC|EDQUOT|EFBIG|SQLITE_FULL)$/,
  words:
    /no space left on device|disk quota exceeded|file too large|database or disk is full|max_temp_directory_size/i,
};

/** What they call a disk that can be read at most. */
const broken = {
  codes: /^(EIO|EROFS|SQLITE_IOERR\w*)$/,
  words: /input\/output error|read-only file system|disk i\/o error/i,
};

type Facts = { readonly code?: unknown; readonly message?: unknown; readonly cause?: unknown };

const isOf = ({ codes, words }: typeof full, { code, message }: Facts): boolean =>
  codes.test(String(code)) || words.test(String(message));

/** The first error in a chain of causes that says that this machine cannot write. */
const failureIn = (error: unknown): Facts | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const facts: Facts = error;
  return isOf(full, facts) || isOf(broken, facts) ? facts : failureIn(facts.cause);
};

/** The machine cannot write into a state folder: its disk is full, over its quota, read-only or broken. */
export class StateNotWritable extends Error {
  override readonly name = 'StateNotWritable';
  constructor(
    readonly state: string,
    cause: unknown,
  ) {
    const failure = failureIn(cause) ?? {};
    const [line = ''] = String(failure.message ?? cause).split('\n');
    const problem = isOf(full, failure)
      ? `the disk of the state folder ${state} is full, so free some space`
      : `the state folder ${state} cannot be written`;
    super(`${problem} (${line})`, { cause });
  }
}

/** The error as `StateNotWritable` if it, or one of its causes, says that this machine cannot write; otherwise undefined. */
export const stateNotWritable = (state: string, error: unknown): StateNotWritable | undefined => {
  if (error instanceof StateNotWritable) return error;
  return failureIn(error) && new StateNotWritable(state, error);
};
