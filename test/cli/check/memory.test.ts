import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { soundcheck } from '../soundcheck-process.ts';

const row = '26213,4dBa8T7oDV9WvGr7kVS4Ez,2024-06-25 17:43:13\n';
const rowsAPiece = 20_000;
const mostKilobytes = 80 * 1024;

let folder: string;
const write = (name: string, pieces: number): Promise<void> => {
  const text = [
    'user_id,track_id,listen_time\n',
    ...Array.from({ length: pieces }, () => row.repeat(rowsAPiece)),
  ];
  return pipeline(Readable.from(text), createWriteStream(join(folder, name)));
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-memory-'));
  const manifest = JSON.parse(await readFile('rules/streams/manifest.json', 'utf8'));
  delete manifest.schema.max_rows;
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(
    join(folder, 'peak.cjs'),
    "process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS));",
  );
  await write('streams1.csv', 2);
  await write('streams2.csv', 100);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Most kilobytes that the process held. */
const peakOf = async (name: string): Promise<number> => {
  const args = ['check', join(folder, name), '--manifest', join(folder, 'manifest.json')];
  const { stderr, code } = await soundcheck(args, {
    env: { NODE_OPTIONS: `--require ${join(folder, 'peak.cjs')}` },
  });
  expect(code).toBe(0);
  return Number(/peak (\d+)/.exec(stderr)?.[1]);
};

test('validating takes 80 MB at most, and no more for a file of 100 MB', { timeout: 120_000 }, async () => {
  await soundcheck(['--help']);
  const [small, large] = [await peakOf('streams1.csv'), await peakOf('streams2.csv')];
  expect(small).toBeGreaterThan(0);
  expect(Math.max(small, large)).toBeLessThanOrEqual(mostKilobytes);
  expect(large - small).toBeLessThan(10 * 1024);
});
