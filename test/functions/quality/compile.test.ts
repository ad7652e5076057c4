import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULE_CASES } from './rule-cases.ts';
import { type Bench, openBench } from './ruleset-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe.each(Object.entries(RULE_CASES))('%s', (_, own) => {
  it.each(own)('%s (case %#)', async (rule, rows, passed, metric) => {
    expect(await bench.one(rule, rows)).toEqual({ passed, metric });
  });
});
