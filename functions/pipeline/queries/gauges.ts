import pLimit from 'p-limit';
import type { Catalog } from '../catalog.ts';
import { fileId } from '../lake-keys.ts';
import type { Clock, Ledger, Metrics } from '../ports.ts';
import { anyFile, type FileRecord } from '../records/file.ts';
import { balanceOf } from './repairs.ts';

/** How the pipeline is now, in numbers that people watch; ages are seconds. */
type Gauges = {
  /** Age of the oldest file that landed and is neither published nor rejected, without parked ones. */
  readonly OldestWaiting: number;
  /** How long the oldest published batch has waited to be in the KPIs of a mart; 0 if none does. */
  readonly KpiAge: number;
  /** Rows of files that landed since yesterday and have an end, which are neither published nor quarantined nor superseded. */
  readonly RowsUnbalanced: number;
};

/** The gauges, and the file, the mart or the batch behind the worst of each. */
type Readings = { readonly gauges: Gauges; readonly behind: Readonly<Record<string, string>> };

type Worst = { readonly age: number; readonly name?: string };

const day = 86_400_000;
/** Days that are searched for a file that landed. */
const longestSilence = 15;

/** Records how the pipeline is now. */
export const publishGauges = async (ports: {
  readonly ledger: Ledger;
  readonly catalog: Pick<Catalog, 'datasets' | 'marts'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Whether an alarm watches for how long no file has landed. */
  readonly watchesSilence: boolean;
}): Promise<void> => {
  const { ledger, catalog, clock, metrics, watchesSilence } = ports;
  const now = clock.now();
  const known = [...new Set([...(await ledger.files.datasets()), ...Object.keys(catalog.datasets)])];
  const { gauges, behind } = await readGauges(ledger, known, Object.keys(catalog.marts), now);
  const silence = watchesSilence ? { SinceLanded: await sinceLanded(ledger, known, now) } : {};
  metrics.gauges({ ...gauges, ...silence }, behind);
};

/** Reads the gauges of every stage from the ledger. */
const readGauges = async (
  ledger: Ledger,
  known: readonly string[],
  marts: readonly string[],
  now: string,
): Promise<Readings> => {
  const waiting = (await pLimit(4).map(known, (dataset) => ledger.files.waiting(dataset)))
    .flat()
    .filter(isUndecided);
  const oldest = worst(waiting.map((file) => ({ age: ageOf(file.landed_at, now), name: fileId(file) })));
  const kpis = worst((await pLimit(4).map(marts, (mart) => waitingForKpis(ledger, mart, now))).flat());
  const uneven = (await pLimit(4).map(known, (dataset) => unbalanced(ledger, dataset, now))).flat();
  const gauges = {
    OldestWaiting: oldest.age,
    KpiAge: kpis.age,
    RowsUnbalanced: uneven.reduce((sum, { rows }) => sum + rows, 0),
  };
  return { gauges, behind: named({ oldest: oldest.name, kpis: kpis.name, unbalanced: uneven[0]?.file }) };
};

const isUndecided = ({ state }: FileRecord): boolean => ['landed', 'accepted', 'claimed'].includes(state);

const ageOf = (moment: string, now: string): number =>
  Math.max(0, Math.round((Date.parse(now) - Date.parse(moment)) / 1000));

const worst = (all: readonly Worst[]): Worst =>
  all.reduce<Worst>((most, one) => (one.age > most.age ? one : most), { age: 0 });

/** The first pending batch of each dataset is its oldest: ids end with a number that grows. */
const waitingForKpis = async (ledger: Ledger, mart: string, now: string): Promise<Worst[]> => {
  const firsts = new Map<string, string>();
  for (const batch of [...(await ledger.rebuilds.pending(mart))].sort()) {
    const dataset = batch.slice(0, batch.lastIndexOf('-'));
    if (!firsts.has(dataset)) firsts.set(dataset, batch);
  }
  const batches = await Promise.all([...firsts.values()].map((id) => ledger.batches.find(id)));
  return batches.flatMap((batch) =>
    batch?.state === 'published' ? [{ age: ageOf(batch.closed_at, now), name: `${mart} ${batch.id}` }] : [],
  );
};

/** A repair may still be on its way to replace quarantined rows: it never changes the sum. */
const unbalanced = async (
  ledger: Ledger,
  dataset: string,
  now: string,
): Promise<{ readonly file: string; readonly rows: number }[]> => {
  const since = dayOf(now, 1);
  const files = await ledger.files.findAll(await ledger.files.landed(dataset, { since }));
  return files.filter(isOver).flatMap((file) => {
    const { landed, published, quarantined, superseded } = balanceOf(anyFile(file));
    const rows = Math.abs(landed - published - quarantined - superseded);
    return rows === 0 ? [] : [{ file: fileId(file), rows }];
  });
};

const isOver = ({ state }: FileRecord): boolean =>
  ['published', 'rejected', 'quarantined', 'superseded'].includes(state);

/** Seconds since a file landed, at most `longestSilence`; 0 while none ever has. */
const sinceLanded = async (ledger: Ledger, datasets: readonly string[], now: string): Promise<number> => {
  if (datasets.length === 0 || (await ledger.files.datasets()).length === 0) return 0;
  for (let back = 0; back < longestSilence; back++) {
    const days = { since: dayOf(now, back), until: dayOf(now, back) };
    const landed = (await pLimit(4).map(datasets, (dataset) => ledger.files.landed(dataset, days))).flat();
    if (landed.length > 0) return Math.min(...landed.map(({ landed_at }) => ageOf(landed_at, now)));
  }
  return (longestSilence * day) / 1000;
};

const dayOf = (now: string, back: number): string =>
  new Date(Date.parse(now) - back * day).toISOString().slice(0, 10);

const named = (names: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([what, name]) => (name === undefined ? [] : [[what, name]])),
  );
