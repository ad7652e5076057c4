import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepProblems } from '../../../cli/doctor/sweep.ts';
import { type Laptop, openLaptop } from '../../functions/adapters/laptop.ts';

const last = Date.parse('2024-06-25T12:00:00Z');
let laptop: Laptop;
let sweep: object | undefined = { every: 10_000, last };
beforeAll(async () => {
  laptop = await openLaptop({ health: () => ({ pid: 1, engine: 'duckdb', sweep }) });
});
afterAll(() => laptop.close());

const found = (now: string) => sweepProblems(process.env.AWS_ENDPOINT_URL ?? '', now);

test('finds a sweep that does not end any more, and none that is only slow', async () => {
  expect(await found('2024-06-25T12:02:20Z')).toEqual([]);
  expect(await found('2024-06-25T12:05:00Z')).toEqual([
    {
      ...{ check: 'sweep', about: 'sweep', next: 'npx soundcheck cloud' },
      message:
        'has not ended for 5 minutes, but should every 10 s: nothing finds lost events; stop the cloud, see logs/soundcheck-dev-sweep.log, and start it again',
    },
  ]);
  sweep = undefined;
  expect(await found('2024-06-25T12:05:00Z')).toEqual([]);
});
