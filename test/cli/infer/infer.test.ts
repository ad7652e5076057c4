import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseManifest } from '../../../functions/validation/manifest/manifest.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'infer-command-'));
  const rows = Array.from({ length: 30 }, (_, at) => `${at + 1}|0${at + 1000}|${at}.50|x${at}@y.org`);
  await writeFile(
    join(folder, 'accounts.csv'),
    `account_id|account_number|balance|email\n${rows.join('\n')}\n`,
  );
  await writeFile(join(folder, 'nothing.csv'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const infer = async (...args: string[]) => {
  const child = spawn(process.execPath, ['cli/soundcheck.cjs', 'infer', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, code };
};
const accounts = () => join(folder, 'accounts.csv');

describe('soundcheck infer', () => {
  it('writes three texts, tells what it saw, and overwrites nothing', async () => {
    const out = join(folder, 'first');
    const first = await infer(accounts(), '--out', out);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/accounts from accounts\.csv: 30 rows, 4 columns, delimiter "\|"/);
    expect(first.out).toMatch(/account_number +string +required/);
    expect(first.out).toContain('accounts.csv is accepted, 30 rows');
    expect(first.out).toContain(`wrote ${join(out, 'sql/silver/accounts.sql')}`);
    const manifest = join(out, 'rules/accounts/manifest.json');
    expect(parseManifest(await readFile(manifest)).ok).toBe(true);
    await writeFile(manifest, 'mine');
    const again = await infer(accounts(), '--out', out);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining(`kept ${manifest}`) });
    expect(await readFile(manifest, 'utf8')).toBe('mine');
    await infer(accounts(), '--out', out, '--force');
    expect(parseManifest(await readFile(manifest)).ok).toBe(true);
  });

  it('prints and writes nothing in a dry run', async () => {
    const out = join(folder, 'dry');
    const { out: printed, code } = await infer(accounts(), '--out', out, '--dry-run', '--dataset', 'konten');
    expect(code).toBe(0);
    expect(printed).toContain('--- rules/konten/manifest.json\n{\n  "$schema"');
    expect(await readdir(folder)).not.toContain('dry');
  });

  it('answers with one JSON document', async () => {
    const out = join(folder, 'json');
    const answer = await infer(accounts(), '--out', out, '--json');
    const { datasets } = JSON.parse(answer.out);
    expect(datasets).toMatchObject([
      {
        dataset: 'accounts',
        delimiter: '|',
        key: { columns: ['account_id'], kind: 'found' },
        files: [{ path: accounts(), verdict: 'accepted', rows: 30, quarantined_rows: 0 }],
        manifest: { schema: { fields: { account_number: { type: 'string', pii: true } } } },
      },
    ]);
    expect(datasets[0].written).toHaveLength(3);
    expect(datasets[0].columns[3]).toMatchObject({ pii: true, personal: 'mail addresses' });
    expect(answer.out).not.toContain('x7@y.org');
  });

  it.each([
    ['a file that is not there', ['nowhere.csv'], /^error: there is no file nowhere\.csv/],
    ['a folder', ['test'], /^error: test is a folder; name the files in it, such as test\/\*/],
    ['an empty file', ['nothing.csv'], /^error: .*nothing\.csv is empty/],
    ['no file', [], /missing required argument/],
    ['a name that is none', ['accounts.csv', '--dataset', 'Two Words'], /is not a valid dataset name/],
  ])('exits with 2 for %s', async (_, args, message) => {
    const paths = args.map((arg) => (/^(acc|noth)/.test(arg) ? join(folder, arg) : arg));
    expect(await infer(...paths)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});
