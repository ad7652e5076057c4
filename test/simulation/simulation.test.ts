import { expect, it } from 'vitest';
import { firstBroken } from './weathers.ts';

/** `SIMULATION_SEED=<seed>` replays one history; `SIMULATION_HISTORIES=<n>` plays so many. */
const only = process.env.SIMULATION_SEED;
const histories = Number(process.env.SIMULATION_HISTORIES ?? 150);

it(`the ledger brings every file to its end and counts every accepted row once, in ${only ? `history ${only}` : `${histories} histories`}`, async () => {
  const [from, to] = only ? [Number(only), Number(only) + 1] : [0, histories];
  const broken = await firstBroken(from, to);
  expect(broken && `SIMULATION_SEED=${broken.seed}: ${broken.violations.join('\n  ')}`).toBeUndefined();
}, 3_600_000);
