import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { charges } from '../../../deploy/cost/charges.ts';
import { costFile, costPageOf, costVariants } from '../../../deploy/cost/cost.ts';
import { idleLines, stageOf } from '../../../deploy/cost/idle.ts';
import { sumOf } from '../../../deploy/cost/lines.ts';
import { prices } from '../../../deploy/cost/prices.ts';
import type { Template } from '../../../deploy/cost/template.ts';
import { packageService } from '../packaged.ts';

const templates: Record<string, Template> = {};
beforeAll(async () => {
  for (const [name, variant] of Object.entries(costVariants))
    templates[name] = (await packageService(variant)).template;
}, 400_000);
const templateOf = async (name: string): Promise<Template> => templates[name] ?? { Resources: {} };

describe('the page of costs', () => {
  test('is as it would be written now', async () => {
    const page = await readFile(costFile, 'utf8').catch(() => '');
    expect(page, 'run `npm run cost`').toBe(await costPageOf(process.cwd(), templateOf));
  });

  test('is stale when the template has one alarm more', async () => {
    const dev = await templateOf('dev');
    const more = { ...dev, Resources: { ...dev.Resources, More: { Type: 'AWS::CloudWatch::Alarm' } } };
    const changed = async (name: string) => (name === 'dev' ? more : templateOf(name));
    expect(await costPageOf(process.cwd(), changed)).not.toBe(await readFile(costFile, 'utf8'));
  });

  test('names every type of resource of the template once', async () => {
    const page = await readFile(costFile, 'utf8');
    const types = new Set(
      Object.values(templates).flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
    );
    const named = [...page.matchAll(/^\| `(\w+::\w+)` \|/gm)].map(([, type]) => `AWS::${type}`);
    expect(named.sort()).toEqual([...types].sort());
  });
});

test('every charge of a month in which nothing happens has a price that its type names', () => {
  const strange = Object.values(templates).flatMap((template) => {
    const stage = stageOf(template, { tables: 6, dailyRpuHours: 16 });
    return stage.created.flatMap((resource) => {
      const charge = charges[resource.type];
      if (!charge || 'free' in charge) return [];
      const lines = charge.idle?.(resource, stage) ?? [];
      return lines.filter(({ price }) => !charge.prices.includes(price)).map(({ what }) => what);
    });
  });
  expect(strange).toEqual([]);
});

const idleOf = (name: string): number =>
  sumOf(idleLines(stageOf(templates[name] ?? { Resources: {} }, { tables: 6, dailyRpuHours: 16 })));

test('dev costs at most five dollars a month while nothing happens, prod more', () => {
  expect(idleOf('dev')).toBeGreaterThan(1);
  expect(idleOf('dev')).toBeLessThanOrEqual(5);
  expect(idleOf('prod')).toBeGreaterThan(idleOf('dev'));
});

test('the alarm on costs and the dashboard use the prices of the page', async () => {
  const { params } = parse(await readFile('serverless.yml', 'utf8'), { logLevel: 'error' });
  expect(params.default.priceDpuHour).toBe(prices.dpuHour.usd);
  expect(params.default.priceRpuHour).toBe(prices.rpuHour.usd);
});
