import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github/workflows');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { scripts, engines } = JSON.parse(read('package.json'));

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
};
type Job = {
  readonly uses?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  readonly steps?: readonly Step[];
};
type Workflow = {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
};

const texts = readdirSync(folder).map((name) => [name, read(`.github/workflows/${name}`)] as const);
const workflows = new Map(texts.map(([name, text]) => [name, parse(text) as Workflow]));
const jobsOf = (name: string): [string, Job][] => Object.entries(workflows.get(name)?.jobs ?? {});
const stepsOf = (name: string): Step[] => jobsOf(name).flatMap(([, { steps = [] }]) => [...steps]);
const commandsOf = (name: string): string[] =>
  stepsOf(name).flatMap(({ run }) => (run === undefined ? [] : run.trim().split('\n')));

const expression = (text: string): string => `\${{ ${text} }}`;

const isTest = (command: string): boolean => {
  const [, files] = /^npx vitest run (\S+(?: \S+)*)$/.exec(command) ?? [];
  return files?.split(' ').every((file) => existsSync(join(root, file))) ?? false;
};

describe.each(texts)('%s', (name, text) => {
  test('uses actions by a full commit, with its version as a comment', () => {
    const used = [...text.matchAll(/\buses: (.*)$/gm)].map(([, action = '']) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used)
      expect(action).toMatch(
        /^(\.\/\.github\/workflows\/\w+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/,
      );
  });

  test('may read the repository, and only a protected job more: an identity for AWS', () => {
    expect(workflows.get(name)?.permissions).toEqual({ contents: 'read' });
    for (const [, { permissions, environment }] of jobsOf(name)) {
      if (permissions === undefined) continue;
      expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
      expect(environment).toBeTruthy();
    }
    for (const { uses, with: options } of stepsOf(name))
      if (uses?.startsWith('actions/checkout@'))
        expect(options).toMatchObject({ 'persist-credentials': false });
  });

  test('gives no code of a stranger a secret, and puts no text of a stranger into a shell', () => {
    expect(Object.keys(workflows.get(name)?.on ?? {})).not.toContain('pull_request_target');
    expect(text).not.toContain('secrets.');
    for (const command of commandsOf(name)) expect(command).not.toContain('${{');
  });

  test('runs only commands that exist', () => {
    for (const command of commandsOf(name)) {
      const [, script] = /^npm (?:run )?(\S+)/.exec(command) ?? [];
      const isKnown =
        script === undefined
          ? /^npx sls (package|deploy) /.test(command) || isTest(command)
          : script === 'ci' || script in scripts;
      expect([command, isKnown]).toEqual([command, true]);
    }
  });

  test('ends each of its jobs in time', () => {
    for (const [job, { uses, 'timeout-minutes': minutes }] of jobsOf(name))
      expect([job, uses !== undefined || (minutes ?? 0) > 0]).toEqual([job, true]);
  });
});

describe('the workflows', () => {
  test('set the variable, each night, without which the variants are not deployed', () => {
    const skipped = /if \(!process\.env\.(\w+)\)\s+skip/.exec(
      read('test/deploy/deployed-variants.test.ts'),
    )?.[1];
    const [step] = stepsOf('nightly.yml').filter(({ run }) => run?.includes('deployed-variants'));
    expect(Object.keys(step?.env ?? {})).toEqual([skipped]);
  });

  const job = (file: string, name: string): Job => Object.fromEntries(jobsOf(file))[name] ?? {};

  test('test everything on Linux and macOS, on the oldest Node and on that of the functions', () => {
    const { on } = workflows.get('test.yml') ?? { on: {} };
    expect(Object.keys(on)).toEqual(['push', 'pull_request', 'workflow_call']);
    const { os, node } = job('test.yml', 'test').strategy?.matrix ?? {};
    expect((os as string[]).map((one) => one.replace(/-.*/, ''))).toEqual(['ubuntu', 'macos']);
    const [, oldest] = /^>=(\d+)/.exec(engines.node) ?? [];
    const [, runtime] = /^ {2}runtime: nodejs(\d+)\.x$/m.exec(read('serverless.yml')) ?? [];
    expect(node).toEqual([oldest, runtime]);
    expect(commandsOf('test.yml')).toContain('npm test');
    expect(scripts.test).toContain('npm run check');
  });

  test('package every variant on pull requests', () => {
    const { if: when, strategy } = job('test.yml', 'package');
    expect(when).toBe("github.event_name == 'pull_request'");
    expect(strategy?.matrix.include).toEqual([
      { stage: 'dev', options: '' },
      { stage: 'prod', options: '' },
      { stage: 'dev', options: '--param warehouse=cluster' },
    ]);
  });

  test('deploy main only, after its tests, by a role of its environment', () => {
    const { on, jobs } = workflows.get('deploy.yml') ?? { on: {}, jobs: {} };
    expect(on).toEqual({ push: { branches: ['main'] } });
    expect(jobs.test?.uses).toBe('./.github/workflows/test.yml');
    expect(jobs.deploy).toMatchObject({
      needs: 'test',
      if: "github.ref == 'refs/heads/main' && vars.DEPLOY_STAGES != ''",
      environment: expression('matrix.stage'),
      concurrency: { 'cancel-in-progress': false },
    });
    const step = stepsOf('deploy.yml').find(({ uses = '' }) => uses.startsWith('aws-actions/'));
    expect(step?.with).toMatchObject({ 'role-to-assume': expression('vars.DEPLOY_ROLE') });
    expect(Object.keys(step?.with ?? {})).not.toContain('aws-secret-access-key');
  });
});
