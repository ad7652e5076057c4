import { describe, expect, it } from 'vitest';
import { runHistory } from './history.ts';
import { fair } from './weather.ts';

/** A history in which rows are repaired, repaired again and superseded. */
const seed = 985;

const reads = new Set([
  ...['get', 'getAll', 'query'],
  ...['exists', 'landed', 'list', 'open', 'readRange', 'readText', 'versionsOf'],
  ...['find', 'run', 'runsOf', 'statement'],
]);

/**
 * A crash after a call that only reads leaves the same behind as one after the same process's last write, and so does one
 * before its next call: of those every fifth and every tenth is tried; `SIMULATION_CRASHES=all` tries them all.
 */
const isAll = process.env.SIMULATION_CRASHES === 'all';
const isTried = {
  after: (name: string, call: number): boolean => isAll || !reads.has(name) || call % 5 === 0,
  before: (_: string, call: number): boolean => isAll || call % 10 === 1,
};

describe('the ledger', () => {
  it.each(['after', 'before'] as const)(
    'survives a crash %s a port call',
    async (moment) => {
      const { calls } = await runHistory(seed, fair);
      expect(calls.filter((name) => !reads.has(name)).length).toBeGreaterThan(300);
      for (const [index, name] of calls.entries()) {
        const call = index + 1;
        if (!isTried[moment](name, call)) continue;
        const { violations } = await runHistory(seed, { ...fair, crashAt: { call, moment } });
        expect(violations, `call ${call}, ${name}`).toEqual([]);
      }
    },
    1_200_000,
  );
});
