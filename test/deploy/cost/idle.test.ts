import { describe, expect, test } from 'vitest';
import { charges, type Stage } from '../../../deploy/cost/charges.ts';
import { idleLines, stageOf, UnknownCharge } from '../../../deploy/cost/idle.ts';
import { dollarsOf, sumOf } from '../../../deploy/cost/lines.ts';
import { prices } from '../../../deploy/cost/prices.ts';
import { runsAMonth } from '../../../deploy/cost/schedule.ts';
import type { Template } from '../../../deploy/cost/template.ts';

const settings = { tables: 6, dailyRpuHours: 16 };
const stage = (Resources: Template['Resources'], rest: Partial<Template> = {}): Stage =>
  stageOf({ ...rest, Resources }, settings);
const alarm = (Properties: Readonly<Record<string, unknown>>) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties,
});
const gauge = (MetricName: string) => ({
  Metric: { MetricName, Dimensions: [{ Name: 'service', Value: 'soundcheck' }] },
});

const dollars = (resources: Template['Resources'], rest?: Partial<Template>): Record<string, number> =>
  Object.fromEntries(idleLines(stage(resources, rest)).map((line) => [line.what, dollarsOf(line)]));

describe('a type of resource', () => {
  test('of which nothing is known is an error, also where only a parameter creates it', () => {
    const unknown = {
      Stream: { Type: 'AWS::Kinesis::Stream', Condition: 'Never' },
      Key: { Type: 'AWS::KMS::Key' },
      Cache: { Type: 'AWS::ElastiCache::Cluster' },
    };
    const never = { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } };
    expect(() => stage(unknown, never)).toThrow(
      new UnknownCharge(['AWS::ElastiCache::Cluster', 'AWS::Kinesis::Stream']),
    );
  });

  test('has prices that are known, or a reason why it is free; every price is of a type', () => {
    const named = Object.values(charges).flatMap((charge) => ('free' in charge ? [] : charge.prices));
    expect(new Set(named)).toEqual(new Set(Object.keys(prices)));
    for (const charge of Object.values(charges))
      if ('free' in charge) expect(charge.free).toMatch(/\w{4}/);
      else expect('idle' in charge || charge.use !== undefined).toBe(true);
  });
});

describe('while nothing happens', () => {
  test('an alarm costs 0.10 for each metric that it watches, not for its formula', () => {
    const Metrics = [
      { Id: 'cost', Expression: 'dpu + rpu' },
      { Id: 'dpu', MetricStat: { Metric: {} } },
      { Id: 'rpu', MetricStat: { Metric: {} } },
    ];
    const alarms = { One: alarm({ MetricName: 'Errors' }), Two: alarm({ Metrics }) };
    expect(dollars(alarms)['metrics that alarms watch']).toBeCloseTo(0.3);
  });

  test('resources count whose condition holds with the defaults of the parameters', () => {
    const nat = { Nat: { Type: 'AWS::EC2::NatGateway', Condition: 'HasNat' } };
    const with_ = (Default: string) => ({
      Parameters: { NatGateway: { Default } },
      Conditions: { HasNat: { 'Fn::Equals': [{ Ref: 'NatGateway' }, 'true'] } },
    });
    expect(dollars(nat, with_('false'))).toEqual({});
    expect(dollars(nat, with_('true'))['NAT gateway']).toBeCloseTo(730 * 0.048);
    const not = { Conditions: { HasNat: { 'Fn::Not': [{ 'Fn::Equals': ['0', 0] }] } } };
    expect(dollars(nat, not)).toEqual({});
    expect(() => dollars(nat, { Conditions: { HasNat: { 'Fn::Or': [] } } })).toThrow('not understood');
  });

  test('gateway endpoints cost nothing, interface endpoints by zone', () => {
    const endpoint = (VpcEndpointType: string, SubnetIds?: string[]) => ({
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: { VpcEndpointType, SubnetIds },
    });
    expect(dollars({ S3: endpoint('Gateway') })).toEqual({});
    expect(sumOf(idleLines(stage({ Secrets: endpoint('Interface', ['a', 'b']) })))).toBeCloseTo(
      2 * 730 * 0.011,
    );
  });

  test('the password that Redshift manages is a secret, and a cluster costs its nodes', () => {
    const namespace = {
      Type: 'AWS::RedshiftServerless::Namespace',
      Properties: { ManageAdminPassword: true },
    };
    const workgroup = { Type: 'AWS::RedshiftServerless::Workgroup' };
    const secret = { Type: 'AWS::SecretsManager::Secret' };
    expect(dollars({ namespace, workgroup, secret })).toEqual({ secrets: 0.8 });
    const cluster = (NodeType: string) => ({
      Type: 'AWS::Redshift::Cluster',
      Properties: { NodeType, NumberOfNodes: { 'Fn::If': ['One', 0, { Ref: 'Nodes' }] } },
    });
    const three = { Parameters: { Nodes: { Default: 3 } } };
    expect(sumOf(idleLines(stage({ cluster: cluster('ra3.large') }, three)))).toBeCloseTo(3 * 730 * 0.601);
    expect(() => dollars({ cluster: cluster('ra3.4xlarge') }, three)).toThrow('ra3.4xlarge');
  });

  test('optimisers run for each table as often as the stage asks for, a minute each', () => {
    const migrate = (OPTIMISER_HOURS: string) => ({
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: { OPTIMISER_HOURS } } },
    });
    const of = (hours: string) => dollars({ migrate: migrate(hours) })['optimisers of silver tables'];
    expect(of('24')).toBeCloseTo((2 * 6 * (730 / 24) * 2 * 60 * 0.44) / 3600);
    expect(of('168')).toBeCloseTo((of('24') ?? 0) / 7);
  });

  test('the sweep costs its runs, what it asks, and the gauges that alarms watch', () => {
    const resources = {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(15 minutes)',
          Targets: [{ Arn: { 'Fn::GetAtt': ['SweepLambdaFunction', 'Arn'] } }],
        },
      },
      SweepLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 512 } },
      Oldest: alarm({ ...gauge('OldestWaiting').Metric }),
      Age: alarm({ Metrics: [{ MetricStat: gauge('KpiAge') }, { Expression: 'age / 3600' }] }),
      Again: alarm({ ...gauge('OldestWaiting').Metric }),
    };
    const lines = idleLines(stage(resources));
    expect(lines.find(({ price }) => price === 'lambdaRequest')?.count).toBe(2_920);
    expect(lines.find(({ price }) => price === 'lambdaGbSecond')?.count).toBe(2_920 * 0.5 * 3);
    expect(lines.find(({ price }) => price === 'metricMonth')?.count).toBe(2);
    expect(lines.find(({ price }) => price === 'tableRead')?.count).toBeGreaterThan(2_920);
    const { SweepLambdaFunction: _, ...lost } = resources;
    expect(() => idleLines(stage(lost))).toThrow('calls nothing');
  });

  test('a crawler costs only where its trigger starts by itself', () => {
    const trigger = (StartOnCreation: boolean) => ({
      Type: 'AWS::Glue::Trigger',
      Properties: { StartOnCreation, Schedule: 'cron(0 4 ? * SUN *)' },
    });
    expect(dollars({ trigger: trigger(false) })).toEqual({});
    expect(dollars({ trigger: trigger(true) })['crawler of landed files']).toBeCloseTo(
      (730 / 24 / 7) * 2 * (10 / 60) * 0.44,
    );
  });
});

test.each([
  ['rate(15 minutes)', 2_920],
  ['rate(1 hour)', 730],
  ['cron(0 3 1 * ? *)', 1],
  ['cron(0 2 * * ? *)', 730 / 24],
  ['cron(0 4 ? * SUN *)', 730 / 24 / 7],
])('%s runs %d times a month', (expression, runs) => {
  expect(runsAMonth(expression)).toBeCloseTo(runs);
});

test('another schedule is an error', () => {
  expect(() => runsAMonth('cron(0/5 * * * ? *)')).toThrow('not understood');
});
