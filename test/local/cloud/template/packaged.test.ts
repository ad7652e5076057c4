import { beforeAll, describe, expect, test } from 'vitest';
import { Intrinsics } from '../../../../local/cloud/template/intrinsics.ts';
import { readTemplate } from '../../../../local/cloud/template/template.ts';
import { type Packaged, packageService } from '../../../deploy/packaged.ts';
import { at, resourcesOf } from '../../../deploy/template.ts';

const account = '000000000000';
const region = 'eu-west-1';
const deployment = readTemplate('.', { stage: 'dev', account, region });

let packaged: Packaged;
let evaluate: (value: unknown) => unknown;
beforeAll(async () => {
  packaged = await packageService();
  const { Resources: resources } = packaged.template;
  const stack = {
    name: 'soundcheck-dev',
    account,
    region,
    resources,
    parameters: {},
    conditions: {},
    mappings: {},
  };
  const intrinsics = new Intrinsics(stack);
  evaluate = (value) => intrinsics.evaluate(value, { file: 'packaged', path: '' });
}, 180_000);

const packagedRules = () =>
  resourcesOf(packaged.template, 'AWS::Events::Rule').map(([, properties]) => ({
    target: evaluate(at(properties, 'Targets', 0, 'Arn')),
    deadLetters: evaluate(at(properties, 'Targets', 0, 'DeadLetterConfig', 'Arn')),
    pattern: evaluate(properties.EventPattern),
    schedule: properties.ScheduleExpression,
  }));

const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

describe('the deployment on this machine is the one that is packaged', () => {
  test('function by function: name, timeout, memory, environment', () => {
    const functions = resourcesOf(packaged.template, 'AWS::Lambda::Function')
      .filter(([id]) => deployment.functions.some(({ logicalId }) => logicalId === id))
      .map(([logicalId, properties]) => ({
        logicalId,
        name: properties.FunctionName,
        timeout: properties.Timeout,
        memory: properties.MemorySize,
        environment: {
          ...(evaluate(at(properties, 'Environment', 'Variables')) as object),
          // What code of the deployment answers is known only to packaging.
          VERSION: 'deploy/source-version.cjs:version',
        },
      }));
    const local = deployment.functions.map(({ logicalId, name, timeout, memory, environment }) => ({
      logicalId,
      name,
      timeout,
      memory,
      environment,
    }));
    expect(local).toEqual(functions);
    expect(local.length).toBeGreaterThan(0);
  });

  test('rule by rule: pattern or schedule, target, dead letters', () => {
    const queues = new Map(deployment.queues.map(({ name, arn }) => [name, arn]));
    const local = deployment.functions.flatMap(({ arn, rules, schedules }) => [
      ...rules.map((rule) => ({ ...rule, target: arn, schedule: undefined })),
      ...schedules.map((rule) => ({ ...rule, target: arn, pattern: undefined, schedule: rule.expression })),
    ]);
    const asPackaged = local.map(({ target, pattern, schedule, deadLetterQueue = '' }) => ({
      target,
      deadLetters: queues.get(deadLetterQueue),
      pattern,
      schedule,
    }));
    expect(asPackaged.sort(byText)).toEqual(packagedRules().sort(byText));
    expect(local.length).toBeGreaterThan(0);
  });

  test('tries and queues for failures', () => {
    const configs = resourcesOf(packaged.template, 'AWS::Lambda::EventInvokeConfig').map(
      ([, properties]) => ({
        name: evaluate(properties.FunctionName),
        tries: properties.MaximumRetryAttempts,
        failures: evaluate(at(properties, 'DestinationConfig', 'OnFailure', 'Destination')),
      }),
    );
    const local = deployment.functions.map(({ name, maximumRetryAttempts: tries, onFailure }) => ({
      name,
      tries,
      failures: deployment.queues.find((queue) => queue.name === onFailure)?.arn,
    }));
    expect(local.sort(byText)).toEqual(configs.sort(byText));
  });
});
