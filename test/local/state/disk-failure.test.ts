import { expect, test } from 'vitest';
import { StateNotWritable, stateNotWritable } from '../../../local/state/index.ts';

const withCode = (code: string, message = 'write') => Object.assign(new Error(message), { code });

test.each([
  ['a full disk', withCode('ENOSPC')],
  ['a quota', withCode('EDQUOT')],
  ['a limit of files', withCode('EFBIG')],
  ['SQLite', withCode('SQLITE_FULL')],
  ['SQLite in words', new Error('sqlite result code 13: database or disk is full')],
  ['DuckDB', new Error('IO Error: Could not write file "/s/w.duckdb.wal": No space left on device')],
  [
    "DuckDB's files of large queries",
    new Error("This limit was set by the 'max_temp_directory_size' setting."),
  ],
  ['Java', new Error('java.io.IOException: No space left on device')],
  ['a cause', new Error('the run failed', { cause: new Error('deeper', { cause: withCode('ENOSPC') }) })],
])('finds a full disk in what is said by %s', (_, error) => {
  const failure = stateNotWritable('/state', error);
  expect(failure).toBeInstanceOf(StateNotWritable);
  expect(failure?.message).toMatch(
    /^the disk of the state folder \/state is full, so free some space \(.+\)$/,
  );
  expect(failure?.cause).toBe(error);
});

test.each([
  ['a broken disk', withCode('EIO')],
  ['a disk for reading', withCode('EROFS')],
  ['SQLite', withCode('SQLITE_IOERR_WRITE')],
])('finds a state that cannot be written in what is said by %s', (_, error) => {
  expect(stateNotWritable('/state', error)?.message).toBe(
    'the state folder /state cannot be written (write)',
  );
});

test.each([
  ['a missing file', withCode('ENOENT')],
  ['a missing permission', withCode('EACCES')],
  ['a value of a row', new Error('Conversion Error: "large" is no number')],
  ['nothing', undefined],
])('finds none in %s', (_, error) => {
  expect(stateNotWritable('/state', error)).toBeUndefined();
});

test('says the same of a failure that is known already', () => {
  const known = new StateNotWritable('/state', withCode('ENOSPC'));
  expect(stateNotWritable('/state', known)).toBe(known);
});
