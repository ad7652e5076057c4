import type { Defect } from './world.ts';

/** Six ways to break the design, each as small as can be; the simulation must notice every one. */
export const defects: Readonly<Record<string, Defect>> = {
  'drop the fence': {
    items: (items) => ({
      ...items,
      update: (key, { holder, fence }, patch) => items.update(key, fenceOf(key.pk, holder, fence), patch),
    }),
  },
  'mark before writing': { engine: { marksBeforeWriting: true } },
  'treat a timeout as a failure': {
    warehouse: (warehouse) => ({
      ...warehouse,
      statement: async (id) => {
        const statement = await warehouse.statement(id);
        return statement?.state === 'running'
          ? { ...statement, state: 'failed', error: 'timed out' }
          : statement;
      },
    }),
  },
  'supersede before publishing': {
    ledger: (ledger) => ({
      ...ledger,
      move: async (file, to, patch) => {
        if (to === 'claimed') {
          const older = (await ledger.versionsOf(file.key)).filter((one) => one.number < file.number);
          for (const one of older) if (one.state === 'published') await ledger.move(one, 'superseded');
        }
        return ledger.move(file, to, patch);
      },
    }),
  },
  'retract nothing': { engine: { retractsNothing: true } },
  "forget the pointer's condition": {
    kpis: (kpis) => ({
      ...kpis,
      putIfNewer: async (item) => {
        await kpis.put([item]);
        return true;
      },
    }),
  },
};

/** Leases keep their condition, for without it nothing runs at all; files and batches lose theirs. */
const fenceOf = (pk: string, holder: unknown, fence: unknown): Record<string, unknown> =>
  pk.startsWith('LEASE#') ? { holder, fence } : {};
