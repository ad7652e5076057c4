import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StateNotWritable, stateNotWritable } from '../../../local/state/index.ts';

const withCode = (code: string | number, message = 'write', name = 'Error') =>
  Object.assign(new Error(message), { code, name });
const commit = 'TransactionContext Error: Failed to commit: ';
const noSpace = 'Could not write file "/s/w.duckdb": No space left on device';

test.each([
  ['a full disk', withCode('ENOSPC')],
  ['a quota', withCode('EDQUOT')],
  ['a limit of files', withCode('EFBIG')],
  ['SQLite', withCode(13, 'database or disk is full', 'SqliteError')],
  ['DuckDB', new Error(`IO Error: ${noSpace}`)],
  ['a commit of DuckDB', new Error(`${commit}${noSpace}`)],
  [
    'DuckDB after a checkpoint',
    new Error(`FATAL Error: Failed: it was invalidated.\nOriginal error: "${noSpace}"`),
  ],
  ['DuckDB that spills', new Error('Out of Memory Error: failed to offload data block of size 256.0 KiB')],
  ['a quality run', new Error(`not published: IO Error: ${noSpace}`)],
  ['Java', new Error('java.io.IOException: No space left on device')],
  ['a reader of landed files', new Error('ENOSPC: no space left on device, write')],
  ['Python', new Error('[Errno 28] No space left on device')],
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
  ['SQLite', withCode(778, 'write', 'SqliteError')],
  ['Node of a folder', withCode('ENOENT', "ENOENT: no such file or directory, mkdir '/state/a/b'")],
])('finds a state that cannot be written in what is said by %s', (_, error) => {
  expect(stateNotWritable('/state', error)?.message).toBe(
    `the state folder /state cannot be written (${error.message})`,
  );
});

test('finds a folder of the state that lacks the permission to write', () => {
  const path = '/state/s3/objects/blob';
  const denied = Object.assign(withCode('EACCES', `EACCES: permission denied, open '${path}'`), { path });
  // Nobody can write into a folder that does not exist.
  expect(stateNotWritable('/state', denied)?.message).toBe(
    `the state folder /state cannot be written (EACCES: permission denied, open '${path}')`,
  );
  const inTemporary = Object.assign(withCode('EACCES'), { path: join(tmpdir(), 'file') });
  expect(stateNotWritable(tmpdir(), inTemporary)).toBeUndefined();
  expect(stateNotWritable('/other', denied)).toBeUndefined();
});

test.each([
  ['a missing file', withCode('ENOENT')],
  ['a missing permission', withCode('EACCES')],
  ['a value', new Error("Conversion Error: Could not convert string 'x: No space left on device' to INT32")],
  ['a key', new Error(`${commit}PRIMARY KEY constraint violation: duplicate key "No space left on device"`)],
  ['a limit of one process', new Error('RunFailed: File too large')],
  ['nothing', undefined],
])('finds none in %s', (_, error) => {
  expect(stateNotWritable('/state', error)).toBeUndefined();
});

test('says the same of a failure that is known already', () => {
  const known = new StateNotWritable('/state', withCode('ENOSPC'));
  expect(stateNotWritable('/state', known)).toBe(known);
});

test('names the folder if it is another one', () => {
  const cause = Object.assign(withCode('ENOSPC', 'no space'), { path: '/tmp/soundcheck-1a' });
  expect(new StateNotWritable('/state', cause).message).toBe(
    'the disk of /tmp is full, so free some space (no space)',
  );
});
