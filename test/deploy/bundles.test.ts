import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const settings = createRequire(import.meta.url)('../../esbuild.config.cjs') as () => BuildOptions;
const functions = readdirSync(join(root, 'functions'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));

/** Most kilobytes of a bundle, where 600 are not enough. */
const mostKilobytes: Readonly<Record<string, number>> = {
  // Validators of all formats, and RE2 for the patterns of manifests.
  'validate-landing': 800,
  // The compiler of rules, and RE2 for their patterns.
  'check-quality': 750,
  // Clients of both kinds of sources: HTTP with limits of its own, and PostgreSQL.
  'pull-sources': 900,
};

/** Most milliseconds of processor time to import a bundle, where 80 are not enough. */
const mostTime: Readonly<Record<string, number>> = { 'pull-sources': 120 };

let folder: string;
let metafile: Metafile;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'soundcheck-bundles-'));
  const entryPoints = functions.map((name) => join(root, 'functions', `${name}.ts`));
  const options = { ...settings(), entryPoints, outdir: folder, absWorkingDir: root, metafile: true };
  ({ metafile } = await build({ ...options, metafile: true }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const outputOf = (name: string) =>
  Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}.mjs`))?.[1];

describe('the bundle of a function', () => {
  test.each(functions)('is small enough to start quickly: %s', (name) => {
    const { bytes = 0 } = outputOf(name) ?? {};
    expect(bytes).toBeGreaterThan(300_000);
    expect(bytes).toBeLessThanOrEqual((mostKilobytes[name] ?? 600) * 1000);
  });

  test.each(functions)('is imported in little processor time: %s', (name) => {
    const most = mostTime[name] ?? 80;
    // Other work on the machine slows some of the tries.
    const times: number[] = [];
    while (times.length < 16 && !times.some((time) => time <= most)) times.push(importTime(name));
    expect(Math.min(...times)).toBeLessThanOrEqual(most);
  });

  test.each(functions)('holds no other way to find credentials than the environment: %s', (name) => {
    const inside = Object.entries(outputOf(name)?.inputs ?? {}).filter(
      ([, { bytesInOutput }]) => bytesInOutput > 0,
    );
    const found = inside.map(([path]) => /credential-provider-(\w+)|nested-clients/.exec(path)?.[0]);
    expect(found.filter((one) => one !== undefined)).toEqual([]);
  });
});

const importTime = (name: string): number => {
  const url = pathToFileURL(join(folder, `${name}.mjs`));
  const program = `const before = process.cpuUsage();
    await import('${url}');
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
};

test.each([
  ['archive-files', ['re2js', 'undici', 'pg']],
  ['run-transform', ['re2js', 'undici', 'pg']],
  ['sweep', ['re2js', 'undici', 'pg', '@aws-sdk/client-secrets-manager']],
])('holds no package that the function does not use: %s', (name, packages) => {
  const inside = Object.entries(outputOf(name)?.inputs ?? {}).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  for (const unused of packages)
    expect(inside.map(([path]) => path).filter((path) => path.includes(`node_modules/${unused}/`))).toEqual(
      [],
    );
});
