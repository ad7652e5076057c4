import { existsSync } from 'node:fs';
import { DamagedState } from '../../state/index.ts';
import { checkpointOf, hasLog, logOf, noteOf, readNote } from './last-commit.ts';

/** What to do about a warehouse: its tables can be computed again. */
const next =
  'put back a copy of the state folder, or start with --fresh-warehouse and compute its tables again (docs/reliability.md#after-damage)';

const damaged = (path: string, damage: string, cause?: unknown): DamagedState =>
  new DamagedState(path, damage, next, { cause });

/** Throws `DamagedState` if files of a database lack what was committed, which DuckDB would not notice. Changes nothing. */
export const expectCommitted = (database: string): void => {
  const last = readNote(database);
  if (!existsSync(database)) {
    if (existsSync(noteOf(database))) throw damaged(database, 'it is missing');
    return;
  }
  const checkpoint = checkpointOf(database);
  if (last === undefined || checkpoint === undefined || checkpoint > last.checkpoint) return;
  if (checkpoint === last.checkpoint) {
    if (hasLog(database, last)) return;
    const log = logOf(database);
    throw damaged(log, existsSync(log) ? 'it does not have what was committed' : 'it is missing');
  }
  throw damaged(
    database,
    'it is older than its last commit, or its header has other bytes than were written',
  );
};

const saysDamage =
  /^(?:.*: )?(?:Corrupt (?:database|WAL) file|The file .* is not a valid DuckDB database)|replaying WAL|^Serialization Error/;

/** The same error; if it says that a file is damaged, a `DamagedState` that names the file. */
export const namingDamage = (database: string, cause: unknown): unknown => {
  const [line = ''] = cause instanceof Error ? cause.message.split('\n') : [];
  const isCut = line.includes(`Could not read enough bytes from file "${database}"`);
  if (cause instanceof DamagedState || !(isCut || saysDamage.test(line))) return cause;
  return damaged(line.includes('WAL') ? logOf(database) : database, line, cause);
};
