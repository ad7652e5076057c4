import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { setSystemIdentifier, UnknownCluster } from '../../../../local/engines/postgres/system-identifier.ts';

// That a server starts with it and tells it, test/local/sources/database.test.ts shows.
it('leaves a cluster as it is that it does not know', async () => {
  const data = await mkdtemp(join(tmpdir(), 'cluster-'));
  await mkdir(join(data, 'global'));
  const control = Buffer.alloc(8_192, 7);
  await writeFile(join(data, 'global', 'pg_control'), control);
  await expect(setSystemIdentifier(data, 5n)).rejects.toThrow(UnknownCluster);
  expect((await readFile(join(data, 'global', 'pg_control'))).equals(control)).toBe(true);
  await rm(data, { recursive: true });
});
