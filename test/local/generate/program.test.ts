import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../../cli/soundcheck-process.ts';

/** What `npm run generate -- …` runs; `flags` are of Node. */
const generate = (args: readonly string[], flags: readonly string[] = []) =>
  runToEnd(process.execPath, [...flags, '--import', 'tsx', 'local/generate/program.ts', ...args], {});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generate-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run generate', () => {
  it('runs this program', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(scripts.generate).toBe('tsx local/generate/program.ts');
  });

  it('writes a file, and the same bytes to standard output', async () => {
    const out = join(folder, 'songs1.jsonl');
    const written = await generate(['songs', '--rows', '1500', '--seed', '9', '--out', out]);
    expect(written).toEqual({ code: 0, stdout: '', stderr: `${out}: 1,500 rows of songs, seed 9\n` });
    const printed = await generate(['songs', '--rows', '1500', '--seed', '9']);
    expect(printed.stdout).toBe(await readFile(out, 'utf8'));
    expect(printed.stderr).toBe('');
    expect(await readdir(folder)).toEqual(['songs1.jsonl']);
  });

  it('writes far more than its memory holds', async () => {
    const out = join(folder, 'sessions1.jsonl');
    const { code, stderr } = await generate(
      ['sessions', '--rows', '80000', '--out', out],
      ['--max-old-space-size=64'],
    );
    expect({ code, stderr: stderr.split('\n').at(-2) }).toEqual({
      code: 0,
      stderr: `${out}: 80,000 rows of sessions, seed 1`,
    });
    await rm(out);
  });

  it('ends quietly when its reader has enough', async () => {
    const args = ['--import', 'tsx', 'local/generate/program.ts', 'streams', '--rows', '50000000'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      complaint += text;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  });

  it.each([
    [['song'], "value 'song' is invalid for argument 'dataset'. Allowed choices are streams, tracks"],
    [[], "missing required argument 'dataset'"],
    [['songs', '--rows', '-1'], 'It must be a whole number from 0 to'],
    [['songs', '--rows', '1e3'], 'It must be a whole number'],
    [['songs', '--seed', '4294967296'], 'It must be a whole number from 0 to 4294967295'],
    [
      ['songs', '--out', '/nowhere/a.jsonl'],
      '/nowhere/a.jsonl cannot be written: the folder /nowhere does not',
    ],
    [['songs', '--out', '/dev'], '/dev cannot be written: '],
  ])('says what is wrong: %j', async (args, message) => {
    const { code, stdout, stderr } = await generate(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
