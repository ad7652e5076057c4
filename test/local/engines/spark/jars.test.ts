import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchJars, WrongJar, wrongJars } from '../../../../local/engines/spark/jars.ts';
import { fakePrograms } from './fake-programs.ts';

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const sums = { 'one.jar': sumOf('one'), 'two.jar': sumOf('two') };

let folder: string;
let repository: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jars-'));
  repository = join(folder, 'repository');
  mkdirSync(repository);
  writeFileSync(join(repository, 'one.jar'), 'one');
  writeFileSync(join(repository, 'two.jar'), 'two');
});
afterEach(() => rmSync(folder, { recursive: true }));

const jars = () => join(folder, 'jars');
const fetch = () => {
  const java = join(fakePrograms(join(folder, 'programs'), repository).folder, 'java');
  return fetchJars(jars(), { java, ivy: 'ivy.jar', log: () => {} }, sums);
};

test('fetches all jars and leaves nothing else', async () => {
  expect(await wrongJars(jars(), sums)).toHaveLength(2);
  await fetch();
  expect(readdirSync(jars()).sort()).toEqual(['one.jar', 'two.jar']);
  expect(await wrongJars(jars(), sums)).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(['jars', 'programs', 'repository']);
});

test('rejects and removes a jar with another sum', async () => {
  writeFileSync(join(repository, 'two.jar'), 'tampered');
  await expect(fetch()).rejects.toThrow(new WrongJar('two.jar', sumOf('tampered'), sums['two.jar']));
  expect(readdirSync(folder).sort()).toEqual(['programs', 'repository']);
});

test('says which jar was not found, and keeps those that were there', async () => {
  await fetch();
  rmSync(join(repository, 'one.jar'));
  await expect(fetch()).rejects.toThrow('one.jar was not found in the Maven repository');
  expect(await wrongJars(jars(), sums)).toEqual([]);
});

test('starts over what was interrupted', async () => {
  mkdirSync(`${jars()}.new`);
  writeFileSync(join(`${jars()}.new`, 'half.jar'), '');
  await fetch();
  expect(existsSync(join(jars(), 'half.jar'))).toBe(false);
});

test('says what to do where Java does not trust the repository', async () => {
  const java = join(folder, 'java');
  writeFileSync(java, '#!/bin/sh\necho "PKIX path building failed" >&2\nexit 1\n', { mode: 0o755 });
  await expect(fetchJars(jars(), { java, ivy: 'ivy.jar', log: () => {} }, sums)).rejects.toThrow(
    /JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/,
  );
});
