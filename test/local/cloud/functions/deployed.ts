import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundles, bundleFunctions } from '../../../../local/cloud/functions/bundle.ts';
import {
  type Functions,
  type FunctionsOptions,
  openFunctions,
} from '../../../../local/cloud/functions/functions.ts';
import type { DeployedFunction } from '../../../../local/cloud/template/deployment.ts';

const settings = `module.exports = () => ({ bundle: true, format: 'esm', platform: 'node', outExtension: { '.js': '.mjs' } });`;

/** A deployed function as the template would have it. */
export const deployed = (key: string, changes: Partial<DeployedFunction> = {}): DeployedFunction => ({
  key,
  logicalId: `${key}LambdaFunction`,
  name: `test-${key}`,
  arn: `arn:aws:lambda:eu-west-1:000000000000:function:test-${key}`,
  entry: `functions/${key}.ts`,
  handler: 'handler',
  environment: {},
  timeout: 10,
  memory: 256,
  maximumRetryAttempts: 2,
  onFailure: 'failed',
  rules: [],
  schedules: [],
  ...changes,
});

/** A project of small functions in a temporary folder. */
export type Project = {
  readonly root: string;
  readonly bundles: Bundles;
  readonly sent: { queue: string; record: Record<string, unknown> }[];
  open(functions: readonly DeployedFunction[], changes?: Partial<FunctionsOptions>): Functions;
  remove(): Promise<void>;
};

/** Writes and bundles the functions, given as source texts by key. */
export const writeProject = async (sources: Readonly<Record<string, string>>): Promise<Project> => {
  const root = await mkdtemp(join(tmpdir(), 'functions-'));
  await mkdir(join(root, 'functions'));
  await writeFile(join(root, 'esbuild.config.cjs'), settings);
  await writeFile(join(root, 'catalog.json'), '{"marts":["listening"]}');
  for (const [key, source] of Object.entries(sources))
    await writeFile(join(root, 'functions', `${key}.ts`), source);
  const functions = Object.keys(sources).map((key) => ({ key, entry: `functions/${key}.ts` }));
  const catalog = { path: join(root, 'catalog.json') };
  const bundles = await bundleFunctions({ root, functions, directory: join(root, 'bundles'), catalog });
  const sent: Project['sent'] = [];
  return {
    root,
    bundles,
    sent,
    open: (deployment, changes = {}) =>
      openFunctions({
        state: join(root, 'state'),
        functions: deployment,
        bundles,
        environment: { AWS_REGION: 'eu-west-1' },
        send: async (queue, body) => {
          sent.push({ queue, record: JSON.parse(body) });
        },
        retryDelay: 10,
        ...changes,
      }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
};
