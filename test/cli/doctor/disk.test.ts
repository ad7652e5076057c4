import { afterAll, beforeAll, expect, test } from 'vitest';
import { diskProblems } from '../../../cli/doctor/disk.ts';
import { type Laptop, openLaptop } from '../../functions/adapters/laptop.ts';

const full_since = Date.parse('2024-06-25T12:00:00Z');
let laptop: Laptop;
let health: object = { pid: 1, engine: 'duckdb', full_since };
beforeAll(async () => {
  laptop = await openLaptop({ health: () => health });
});
afterAll(() => laptop.close());

const found = () => diskProblems(process.env.AWS_ENDPOINT_URL ?? '', '2024-06-25T12:00:42Z');

test('finds a state that cannot be written, until it can', async () => {
  expect(await found()).toEqual([
    {
      ...{ check: 'disk', about: 'disk', next: 'npx soundcheck doctor' },
      message: expect.stringMatching(/for 42 s, .*; free some space, and everything continues by itself$/),
    },
  ]);
  health = { pid: 1, engine: 'duckdb' };
  expect(await found()).toEqual([]);
});
