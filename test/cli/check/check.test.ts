import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, runToEnd, soundcheck } from '../soundcheck-process.ts';

const header = 'user_id,track_id,listen_time\n';
const good = '1,6oGPB9RTuiEItZCRa4JRXN,2024-06-25 17:43:13\n';
const dirty = `${header}${good}2.5,6oGPB9RTuiEItZCRa4JRXN,2024-06-26 08:00:00\n3,,2024-06-26 08:00:00\n`;

let folder: string;
const at = (name: string): string => join(folder, name);
const check = (...args: string[]): Promise<Answered> => soundcheck(['check', ...args], { cwd: folder });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-'));
  const rules = await readFile('rules/streams/manifest.json', 'utf8');
  const keepsRows = rules.replace('"on_error": "quarantine"', '"on_error": "quarantine_rows"');
  const texts = {
    'streams1.csv': header + good,
    'streams2.csv': dirty,
    'other.csv': header + good,
    'streams4.csv': '',
    'rows.json': keepsRows,
    'broken.json': '{"version": 1, "schema": {}}',
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(at(name), text);
  await writeFile(at('streams3.csv.gz'), gzipSync(header + good));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('soundcheck check', { timeout: 60_000 }, () => {
  test('finds nothing wrong with clean files, compressed or not, and exits with 0', async () => {
    const { code, stdout, stderr } = await check('streams1.csv', 'streams3.csv.gz');
    expect(stdout).toBe('streams1.csv: clean, 1 row\n\nstreams3.csv.gz: clean, 1 row\n');
    expect([code, stderr]).toEqual([0, '']);
  });

  test('says what is wrong with a file, where, and what to do, and exits with 1', async () => {
    const { code, stdout } = await check('streams2.csv');
    expect(stdout).toMatch(/^streams2\.csv: rejected, 2 violations in 3 rows\n/);
    expect(stdout).toContain('  line 3, column user_id: "2.5" is not an int');
    expect(stdout).toContain('  line 4, column track_id: the value is missing');
    expect(stdout).toMatch(/correct the file, or change .*rules\/streams\/manifest\.json\n$/);
    expect(code).toBe(1);
  });

  test('gives the report that would lie in quarantine as one JSON document', async () => {
    const { code, stdout } = await check('streams2.csv', '--json');
    const { files } = JSON.parse(stdout);
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({
      path: 'streams2.csv',
      file: 'data/streams/streams2.csv',
      dataset: 'streams',
      verdict: 'rejected',
      manifest: { version: '1.0', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      records: 3,
      violations_total: 2,
      counts: { 'type:user_id': 1, 'required:track_id': 1 },
    });
    expect(files[0].violations[0]).toMatchObject({ line: 3, column: 'user_id', value: '2.5' });
    expect(code).toBe(1);
  });

  test('says how many rows would be quarantined if the manifest keeps the others, and exits with 1', async () => {
    const { code, stdout } = await check('streams2.csv', '--manifest', 'rows.json');
    expect(stdout).toMatch(/^streams2\.csv: accepted, 1 accepted row, 2 to be quarantined\n/);
    expect(stdout).toContain('--rows FOLDER');
    const { stdout: json } = await check('streams2.csv', '--manifest', 'rows.json', '--json');
    expect(JSON.parse(json).files[0]).toMatchObject({ verdict: 'accepted', records: 3, quarantined_rows: 2 });
    expect(code).toBe(1);
  });

  test('writes the accepted and the quarantined rows, and overwrites no file', async () => {
    const first = await check('streams2.csv', '--manifest', 'rows.json', '--rows', 'parts');
    expect(first.stdout).toContain(
      'accepted rows: parts/streams2.csv, quarantined rows: parts/streams2.csv.rows.csv',
    );
    expect(await readFile(at('parts/streams2.csv'), 'utf8')).toBe(header + good);
    const rows = (await readFile(at('parts/streams2.csv.rows.csv'), 'utf8')).trimEnd().split('\n');
    expect(rows[0]).toBe('user_id,track_id,listen_time,_source,_line,_errors,_raw');
    expect(rows[1]).toMatch(/^2\.5,.*,data\/streams\/streams2\.csv@local,3,"line 3, column user_id: /);
    expect(rows).toHaveLength(3);

    const again = await check('streams2.csv', '--manifest', 'rows.json', '--rows', '.');
    expect([again.code, again.stdout]).toEqual([2, expect.stringContaining('streams2.csv already exists')]);
    expect(await readFile(at('streams2.csv'), 'utf8')).toBe(dirty);
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('finds that a name does not fit the given manifest', async () => {
    const { code, stdout } = await check('other.csv', '--manifest', 'rows.json', '--json');
    expect(JSON.parse(stdout).files[0]).toMatchObject({ verdict: 'rejected', counts: { name_pattern: 1 } });
    expect(code).toBe(1);
  });

  test('says that an empty file is ignored, and exits with 0', async () => {
    const { code, stdout } = await check('streams4.csv');
    expect([code, stdout]).toEqual([0, 'streams4.csv: ignored, empty file\n']);
  });

  test.each([
    ['a file that is not there', ['nothing.csv'], 'there is no file nothing.csv'],
    ['a folder', ['.'], '. is a folder; name the files in it'],
    [
      'quarantined rows',
      ['streams2.csv@v1.rows.csv'],
      'validates them together with the file that they came from',
    ],
    ['a name that fits no dataset', ['other.csv'], 'streams: streams[0-9]+.csv'],
  ])('exits with 2 for %s', async (_, args, problem) => {
    const { code, stdout } = await check(...args, '--json');
    const [file] = JSON.parse(stdout).files;
    expect([code, file.verdict]).toEqual([2, 'not validated']);
    expect(file.problems.join('\n')).toContain(problem);
  });

  test('validates the other files when one cannot be validated', async () => {
    const { code, stdout } = await check('nothing.csv', 'streams1.csv');
    expect(stdout).toContain('nothing.csv: could not be validated\n  there is no file nothing.csv\n');
    expect(stdout).toContain('streams1.csv: clean');
    expect(code).toBe(2);
  });

  test.each([
    ['broken.json', 'version: is missing or is no string'],
    ['absent.json', 'there is no such file'],
    ['.', 'is a folder; name the manifest in it'],
  ])('exits with 2 and shows all problems of a manifest: %s', async (manifest, problem) => {
    const { code, stdout, stderr } = await check('streams1.csv', '--manifest', manifest, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ error: `${manifest} cannot be used`, files: [] });
    expect(JSON.parse(stdout).problems).toContainEqual(expect.stringContaining(problem));
    expect(stderr).toContain(problem);
    expect(code).toBe(2);
  });

  test('exits with 2 when it is told what it does not know', async () => {
    const { code, stderr } = await check('streams1.csv', '--colour');
    expect([code, stderr]).toEqual([2, expect.stringContaining("unknown option '--colour'")]);
  });

  test('has help with its exit codes and examples', async () => {
    const { code, stdout } = await check('--help');
    expect(stdout).toContain('Exit code: 0 all files are clean');
    expect(stdout).toContain('$ soundcheck check streams7.csv');
    expect(code).toBe(0);
  });

  test('colours nothing off a terminal, and nothing where NO_COLOR is set', async () => {
    const colour = '\u001b[';
    const coloured = { FORCE_COLOR: '1', NO_COLOR: undefined };
    const run = (env: Record<string, string | undefined>) =>
      soundcheck(['check', at('streams2.csv')], { env: { FORCE_COLOR: undefined, ...env } });
    expect((await run({ NO_COLOR: undefined })).stdout).not.toContain(colour);
    expect((await run({ NO_COLOR: '1' })).stdout).not.toContain(colour);
    expect((await run(coloured)).stdout).toContain(colour);
  });

  test('runs by npx from the package', async () => {
    const { code, stdout, stderr } = await runToEnd('npx', ['soundcheck', 'check', at('streams1.csv')], {});
    expect([code, stdout], stderr).toEqual([0, `${at('streams1.csv')}: clean, 1 row\n`]);
  });

  test('runs by the link that npx made for a version whose command was elsewhere', async () => {
    await symlink(resolve('local/soundcheck.cjs'), at('soundcheck'));
    const { code, stdout } = await runToEnd(at('soundcheck'), ['check', at('streams1.csv')], {});
    expect([code, stdout]).toEqual([0, `${at('streams1.csv')}: clean, 1 row\n`]);
  });
});
