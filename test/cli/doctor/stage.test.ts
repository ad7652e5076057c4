import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Stage } from '../../../cli/aws/stage.ts';
import { functionsOfStage, stageProblems } from '../../../cli/doctor/stage.ts';

const well: Stage = {
  functionState: async () => 'ready',
  concurrency: async () => 1_000,
  governsTables: async () => false,
  emptySecrets: async () => [],
  alarms: async () => [],
};
const found = async (changes: Partial<Stage> = {}) =>
  (
    await stageProblems({
      ...{ stage: { ...well, ...changes }, stack: 'soundcheck-dev' },
      deploys: 'npx sls deploy --stage dev',
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
    { functionState: async (name) => (name.endsWith('-sweep') ? 'missing' : 'ready') },
    'soundcheck-dev-sweep: there is no such function: npx sls deploy --stage dev',
  ],
  [
    'a function whose update failed',
    { functionState: async (name) => (name.endsWith('-sweep') ? 'failed' : 'ready') },
    'soundcheck-dev-sweep: its last update failed: npx sls deploy --stage dev',
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
