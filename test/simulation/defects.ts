import { anyFile, type FileIn, type FileRecord } from '../../functions/pipeline/records/file.ts';
import { ledgerWith } from '../functions/partly.ts';
import type { Defect } from './world.ts';

/** Ways to break the design, each as small as can be; the simulation must notice every one. */
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
    ledger: (ledger) =>
      ledgerWith(ledger, {
        files: {
          move: async (file, to, patch) => {
            if (to === 'claimed') {
              const older = (await ledger.files.versionsOf(file.key)).filter(
                (one) => one.number < file.number,
              );
              for (const one of older)
                if (one.state === 'published')
                  await ledger.files.move(one, 'superseded', { superseded_by: 'v2', superseded_at: '' });
            }
            return ledger.files.move(file, to, patch);
          },
        },
      }),
  },
  'retract nothing': { engine: { retractsNothing: true } },
  'retract no repairs': { engine: { retractsNoRepairs: true } },
  'keep old rows beside reprocessed ones': { engine: { keepsReprocessedRows: true } },
  'retract repairs of what is reprocessed': { engine: { retractsRepairsOfReprocessed: true } },
  'let a reprocessed version overwrite a newer one': {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        files: {
          versionsOf: async (key) =>
            (await ledger.files.versionsOf(key)).filter((one) => anyFile(one).reprocess === undefined),
        },
      }),
  },
  'leave repairs behind': {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        files: {
          versionsOf: async (key) => (key.endsWith('.rows.csv') ? [] : ledger.files.versionsOf(key)),
        },
      }),
  },
  'trust a repair whatever became of its source': {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        files: {
          findAll: async (files) => (await ledger.files.findAll(files)).map(believed),
          find: async (file) => {
            const found = await ledger.files.find(file);
            return found && believed(found);
          },
        },
      }),
  },
  'take a dead executor for failed SQL': {
    warehouse: (warehouse) => ({
      ...warehouse,
      statement: async (id) => {
        const statement = await warehouse.statement(id);
        return statement?.state === 'lost' ? { ...statement, state: 'failed' } : statement;
      },
    }),
  },
  'try to write KPIs for ever': {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        rebuilds: {
          move: (rebuild, to, patch) =>
            ledger.rebuilds.move(
              rebuild,
              to,
              'publish_tries' in patch ? { ...patch, publish_tries: 1 } : patch,
            ),
          amend: (rebuild, patch) => ledger.rebuilds.amend(rebuild, { ...patch, publish_failures: 0 }),
        },
      }),
  },
  'forget what a failed publication did not show': { engine: { forgetsTouched: true } },
  'wait until the clock has caught up': {
    ledger: (ledger, now) =>
      ledgerWith(ledger, {
        leases: { find: async (name) => caughtUp(await ledger.leases.find(name), now()) },
        batches: { find: async (id) => caughtUp(await ledger.batches.find(id), now()) },
        rebuilds: { find: async (id) => caughtUp(await ledger.rebuilds.find(id), now()) },
      }),
  },
  'replace items in place while somebody may still write': {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        rebuilds: {
          move: (rebuild, to, patch) =>
            ledger.rebuilds.move(rebuild, to, to === 'published' ? { ...patch, is_settled: true } : patch),
        },
      }),
  },
  'replace items in place after a publication that was cut off': {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        rebuilds: {
          move: (rebuild, to, patch) =>
            ledger.rebuilds.move(rebuild, to, to === 'failed' ? { ...patch, is_settled: true } : patch),
        },
      }),
  },
  'record KPIs as written before they are': {
    ledger: (ledger) =>
      ledgerWith(ledger, {
        rebuilds: {
          amend: (rebuild, patch) => {
            const done = 'publish_done' in patch ? patch.publish_done : undefined;
            const ahead = done && { publish_done: { ...done, rows: done.rows + 1_000 } };
            return ledger.rebuilds.amend(rebuild, { ...patch, ...ahead });
          },
        },
      }),
  },
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

/** What was superseded while rows of it were in quarantine still counts as published. */
const believed = (file: FileRecord): FileRecord =>
  file.state === 'superseded' && file.quarantined_rows !== undefined
    ? ({ ...file, state: 'published' } as FileIn<'published'>)
    : file;

/** A moment in the future has only just been, until the clock gets there. */
const caughtUp = <Record extends object | undefined>(record: Record, now: string): Record =>
  record &&
  (Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, /_at$/.test(name) && value > now ? now : value]),
  ) as Record);

/** Leases keep their condition, for without it nothing runs at all; files and batches lose theirs. */
const fenceOf = (pk: string, holder: unknown, fence: unknown): Record<string, unknown> =>
  pk.startsWith('LEASE#') ? { holder, fence } : {};
