import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Stage } from '../../../cli/aws/stage.ts';
import { functionsOfStage, stageProblems } from '../../../cli/doctor/stage.ts';

const well: Stage = {
  stackStatus: async () => 'UPDATE_COMPLETE',
  disabledRules: async () => [],
  alarmTopic: async () => ({ arn: 'arn:topic', confirmed: 1, pending: 0 }),
  functionState: async () => ({ state: 'ready', version: 'new' }),
  concurrency: async () => 1_000,
  governsTables: async () => false,
  emptySecrets: async () => [],
  alarms: async () => [],
};
const ready = { state: 'ready', version: 'new' } as const;
const stackIn = (status: string | undefined) => ({ stackStatus: async () => status });
const found = async (changes: Partial<Stage> = {}) =>
  (
    await stageProblems({
      ...{ stage: { ...well, ...changes }, stack: 'soundcheck-dev' },
      ...{ deploys: 'npx sls deploy --stage dev', version: 'new' },
    })
  ).map(({ about, message, next }) => `${about}: ${message}: ${next}`);

test('a stage that is well has no problems', async () => {
  expect(await found()).toEqual([]);
});

test('every function of functions/functions.yml is looked for', () => {
  const names = Object.values(
    parse(readFileSync('functions/functions.yml', 'utf8'), { logLevel: 'error' }) as Record<
      string,
      { name: string }
    >,
  ).map(({ name }) => name.replace(`\${self:custom.name}-`, ''));
  expect([...functionsOfStage].sort()).toEqual(names.sort());
});

test.each<[string, Partial<Stage>, string]>([
  [
    'a function that is missing',
    { functionState: async (name) => (name.endsWith('-sweep') ? { state: 'missing' } : ready) },
    'soundcheck-dev-sweep: there is no such function: npx sls deploy --stage dev',
  ],
  [
    'a function whose update failed',
    { functionState: async (name) => ({ ...ready, state: name.endsWith('-sweep') ? 'failed' : 'ready' }) },
    'soundcheck-dev-sweep: its last update failed: npx sls deploy --stage dev',
  ],
  [
    'a function whose update has not ended',
    { functionState: async (name) => ({ ...ready, state: name.endsWith('-sweep') ? 'updating' : 'ready' }) },
    'soundcheck-dev-sweep: its last update has not ended: npx sls deploy --stage dev',
  ],
  [
    'functions of a deployment that is half done',
    {
      functionState: async (name) =>
        name.endsWith('-sweep')
          ? { ...ready, version: 'old' }
          : name.endsWith('-kpis')
            ? { state: 'ready' }
            : ready,
    },
    'soundcheck-dev: a deployment is half done: soundcheck-dev-publish-kpis, soundcheck-dev-sweep were deployed from other sources than the rest: npx sls deploy --stage dev',
  ],
  [
    'a stage that is older than the project',
    { functionState: async () => ({ ...ready, version: 'old' }) },
    'soundcheck-dev: its functions were deployed from other sources than this project has: npx sls deploy --stage dev',
  ],
  [
    'a stack that is missing',
    stackIn(undefined),
    'soundcheck-dev: there is no such stack: npx sls deploy --stage dev',
  ],
  [
    'a deployment that failed',
    stackIn('UPDATE_ROLLBACK_COMPLETE'),
    'soundcheck-dev: its last deployment failed, and the one before is in use (UPDATE_ROLLBACK_COMPLETE): npx sls deploy --stage dev',
  ],
  [
    'a deployment that could not be rolled back',
    stackIn('UPDATE_ROLLBACK_FAILED'),
    'soundcheck-dev: its last deployment failed, and so did going back: it is half done (UPDATE_ROLLBACK_FAILED): aws cloudformation continue-update-rollback --stack-name soundcheck-dev',
  ],
  [
    'a first deployment that failed',
    stackIn('ROLLBACK_COMPLETE'),
    'soundcheck-dev: it was not created or not removed as a whole (ROLLBACK_COMPLETE): npx sls remove --stage dev',
  ],
  [
    'a rule that is turned off',
    { disabledRules: async () => ['soundcheck-dev-file-landed'] },
    'soundcheck-dev-file-landed: the rule is turned off: its events wake no function: aws events enable-rule --name soundcheck-dev-file-landed',
  ],
  [
    'alarms that nobody receives',
    { alarmTopic: async () => ({ arn: 'arn:topic', confirmed: 0, pending: 0 }) },
    'soundcheck-dev-alarms: nobody receives the alarms: aws sns subscribe --topic-arn arn:topic --protocol email --notification-endpoint ADDRESS',
  ],
  [
    'a mail that is not confirmed',
    { alarmTopic: async () => ({ arn: 'arn:topic', confirmed: 0, pending: 1 }) },
    'soundcheck-dev-alarms: nobody receives the alarms until the mail of AWS is confirmed: aws sns subscribe --topic-arn arn:topic --protocol email --notification-endpoint ADDRESS',
  ],
  [
    'a topic that is missing',
    { alarmTopic: async () => undefined },
    'soundcheck-dev-alarms: there is no such topic: npx sls deploy --stage dev',
  ],
  [
    'the limit of a new account',
    { concurrency: async () => 10 },
    'Lambda: at most 10 functions run at once in this account, and the rest waits; 100 are enough: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000',
  ],
  [
    'Lake Formation in the way',
    { governsTables: async () => true },
    `Lake Formation: it governs new tables of the Glue catalog, where IAM alone does not count: the roles of soundcheck-dev need its grants: aws lakeformation list-permissions --resource '{"Database":{"Name":"soundcheck_dev_silver"}}'`,
  ],
  [
    'a secret without a value',
    { emptySecrets: async () => ['soundcheck-dev/shop-api'] },
    'soundcheck-dev/shop-api: has no value: aws secretsmanager put-secret-value --secret-id soundcheck-dev/shop-api --secret-string file://secret.json',
  ],
  [
    'an alarm that is on, with the command of its description',
    {
      alarms: async () => [
        {
          name: 'files-parked',
          text: 'A file waits for a person. See why - npx soundcheck runs --open --stage dev; npx soundcheck retry DATASET',
        },
      ],
    },
    'files-parked: A file waits for a person. See why: npx soundcheck runs --open --stage dev',
  ],
  [
    'a question that is not allowed',
    { alarms: () => Promise.reject(new Error('not authorized')) },
    'AWS: cannot be checked: not authorized: aws sts get-caller-identity',
  ],
])('finds %s', async (_, changes, line) => {
  expect(await found(changes)).toEqual([line]);
});
