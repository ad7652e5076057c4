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

/** Most kilobytes of a bundle: all functions use S3. */
const mostKilobytes = (name: string): number => (name === 'validate-landing' ? 800 : 600);
/** Most milliseconds of processor time to import a bundle. */
const mostTime = 80;

/** Packages that some functions use, or none of them. */
const usedBy: Readonly<Record<string, readonly string[]>> = {
  re2js: ['validate-landing'],
  fzstd: ['validate-landing'],
  pg: ['pull-sources'],
  'pg-protocol': ['pull-sources'],
  '@aws-sdk/rds-signer': ['pull-sources'],
  '@aws-sdk/client-secrets-manager': ['pull-sources'],
  '@aws-sdk/client-redshift-data': ['migrate-tables', 'rebuild-models'],
  '@aws-sdk/client-glue': ['check-quality', 'migrate-tables', 'run-transform', 'settle-batch', 'sweep'],
  '@aws-sdk/client-eventbridge': [
    ...['check-quality', 'publish-kpis', 'run-transform', 'settle-batch', 'validate-landing'],
  ],
  '@aws-sdk/client-lambda': [
    ...['migrate-tables', 'publish-kpis', 'pull-sources', 'rebuild-models', 'run-transform', 'sweep'],
    'validate-landing',
  ],
  '@aws-lambda-powertools/metrics': ['sweep'],
  // Parts of the client of PostgreSQL, and of the one of DynamoDB.
  'pg-pool': [],
  'pg-native': [],
  pgpass: [],
  mnemonist: [],
};

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
    expect(bytes).toBeLessThanOrEqual(mostKilobytes(name) * 1000);
  });

  test.each(functions)(
    'is imported in little processor time, without parts of Node for other work: %s',
    (name) => {
      // Other work on the machine slows some of the tries.
      const times: number[] = [];
      while (times.length < 16 && !times.some((time) => time <= mostTime)) {
        const { time, modules } = imported(name);
        expect(modules.filter((module) => /undici|http2|worker_threads/.test(module))).toEqual([]);
        times.push(time);
      }
      expect(Math.min(...times)).toBeLessThanOrEqual(mostTime);
    },
  );

  test.each(functions)('holds no other way to find credentials than the environment: %s', (name) => {
    const found = inputsOf(name).map((path) => /credential-provider-(\w+)|nested-clients/.exec(path)?.[0]);
    expect(found.filter((one) => one !== undefined)).toEqual([]);
  });

  test.each(Object.entries(usedBy))('holds no package that the function does not use: %s', (name, users) => {
    const holders = functions.filter((one) =>
      inputsOf(one).some((path) => path.includes(`node_modules/${name}/`)),
    );
    expect(holders).toEqual(users);
  });
});

/** Files of which something is in the bundle. */
const inputsOf = (name: string): readonly string[] =>
  Object.entries(outputOf(name)?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);

/** The processor time of an import, and the modules of Node that it loads. */
const imported = (name: string): { readonly time: number; readonly modules: readonly string[] } => {
  const url = pathToFileURL(join(folder, `${name}.mjs`));
  const program = `const known = new Set(process.moduleLoadList);
    const before = process.cpuUsage();
    await import('${url}');
    const { user, system } = process.cpuUsage(before);
    const modules = process.moduleLoadList.filter((name) => !known.has(name));
    console.log(JSON.stringify({ time: (user + system) / 1000, modules }));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }),
  );
};
