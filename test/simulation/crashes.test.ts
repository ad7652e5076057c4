import { describe, expect, it } from 'vitest';
import { type Outcome, runHistory } from './history.ts';
import { fair } from './weather.ts';

/** Where to look for a history in which rows are repaired, repaired again and superseded. */
const begin = 1110;

const reads = new Set([
  ...['get', 'getAll', 'query'],
  ...['exists', 'landed', 'list', 'open', 'readRange', 'readText', 'versionsOf'],
  ...['find', 'run', 'runsOf', 'statement'],
]);

/**
 * A crash after a call that only reads leaves the same behind as one after the same process's last write, and so does one
 * before its next call: of those every twentieth is tried, and of those after a write every fourth;
 * `SIMULATION_CRASHES=all`, as each night, tries them all.
 */
const isAll = process.env.SIMULATION_CRASHES === 'all';
const isTried = {
  after: (name: string, call: number): boolean => isAll || call % (reads.has(name) ? 20 : 4) === 0,
  before: (_: string, call: number): boolean => isAll || call % 20 === 1,
};

const writesOf = ({ calls }: Outcome): number => calls.filter((name) => !reads.has(name)).length;

const eventful = async (): Promise<Outcome> => {
  for (let seed = begin; seed < begin + 100; seed++) {
    const history = await runHistory(seed, fair);
    const { calls, repairs, superseded } = history;
    if (repairs >= 3 && superseded >= 2 && writesOf(history) > 300 && calls.length < 2_000) return history;
  }
  throw new Error(`no history from ${begin} on repairs and supersedes enough`);
};

describe('the ledger', () => {
  it.each(['after', 'before'] as const)(
    'survives a crash %s a port call',
    async (moment) => {
      const { seed, calls } = await eventful();
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
