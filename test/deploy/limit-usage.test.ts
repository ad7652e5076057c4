import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Laptop, openLaptop } from '../functions/adapters/laptop.ts';

type Plugin = { readonly hooks: { readonly 'after:deploy:deploy': () => Promise<void> } };
const LimitUsage: new (serverless: object, options: object, tools: object) => Plugin = createRequire(
  import.meta.url,
)('../../deploy/limit-usage.cjs');

let laptop: Laptop;
beforeAll(async () => {
  laptop = await openLaptop({});
});
afterEach(() => laptop.rest());
afterAll(() => laptop.close());

type Limit = { readonly usageLimitId: string; readonly period: string; amount: number; breachAction: string };

/** Answers like Redshift Serverless with these limits; returns what was asked for besides reading. */
const holding = (usageLimits: Limit[]) => {
  const changes: [operation: string, body: Record<string, unknown>][] = [];
  laptop.meddle(({ operation, body }) => {
    const asked = JSON.parse(String(body));
    if (operation === 'GetWorkgroup')
      return { status: 200, body: { workgroup: { workgroupArn: `arn:${asked.workgroupName}` } } };
    if (operation === 'ListUsageLimits') return { status: 200, body: { usageLimits } };
    changes.push([operation, asked]);
    return { status: 200, body: {} };
  });
  return changes;
};

const deploy = async (type = 'AWS::RedshiftServerless::Workgroup'): Promise<string[]> => {
  const notices: string[] = [];
  const serverless = {
    getProvider: () => ({ getAwsSdkV3Config: async () => ({ region: 'eu-west-1' }) }),
    service: {
      custom: { name: 'soundcheck-dev', dailyRpuHours: '16' },
      provider: { compiledCloudFormationTemplate: { Resources: { Warehouse: { Type: type } } } },
    },
  };
  const plugin = new LimitUsage(serverless, {}, { log: { notice: (text: string) => notices.push(text) } });
  await plugin.hooks['after:deploy:deploy']();
  return notices;
};

const daily = { usageLimitId: 'u1', period: 'daily', amount: 16, breachAction: 'deactivate' };

test('limits a new warehouse for each day', async () => {
  const changes = holding([{ ...daily, period: 'monthly' }]);
  expect(await deploy()).toEqual(['limited the warehouse to 16 RPU-hours a day']);
  const limit = { amount: 16, breachAction: 'deactivate', period: 'daily', usageType: 'serverless-compute' };
  expect(changes).toEqual([['CreateUsageLimit', { ...limit, resourceArn: 'arn:soundcheck-dev' }]]);
});

test.each([
  ['amount', { ...daily, amount: 99 }],
  ['action', { ...daily, breachAction: 'log' }],
])('changes a limit of another %s', async (_, limit) => {
  const changes = holding([limit]);
  await deploy();
  expect(changes).toEqual([
    ['UpdateUsageLimit', { usageLimitId: 'u1', amount: 16, breachAction: 'deactivate' }],
  ]);
});

test('changes nothing the second time, or where the warehouse is a cluster', async () => {
  const changes = holding([daily]);
  expect(await deploy()).toEqual([]);
  expect(changes).toEqual([]);
  laptop.seen.length = 0;
  expect(await deploy('AWS::Redshift::Cluster')).toEqual([]);
  expect(laptop.seen).toEqual([]);
});
