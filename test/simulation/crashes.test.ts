import { describe, expect, it } from 'vitest';
import { runHistory } from './history.ts';
import { fair } from './weather.ts';

/** A history in which rows are repaired, repaired again and superseded. */
const seed = 130;

/**
 * A crash after a call leaves the same behind as one before the same process's next call, so that those before are tried at
 * every tenth call only; `SIMULATION_CRASHES=all` tries them all.
 */
const steps = { after: 1, before: process.env.SIMULATION_CRASHES === 'all' ? 1 : 10 } as const;

describe('the ledger', () => {
  it.each(['after', 'before'] as const)(
    'survives a crash %s a port call',
    async (moment) => {
      const { calls } = await runHistory(seed, fair);
      for (let call = 1; call <= calls; call += steps[moment]) {
        const { violations } = await runHistory(seed, { ...fair, crashAt: { call, moment } });
        expect(violations, `call ${call}`).toEqual([]);
      }
    },
    1_200_000,
  );
});
