import type { Mart } from '../../functions/warehouse/index.ts';
import { kpiLines } from '../output/kpi-lines.ts';
import { nextCommand } from '../output/next-command.ts';
import { failedLines, isFailed, leftOutLines, standingLines, warningLines } from '../output/rebuild-lines.ts';
import { type KpiPorts, kpisMadeOf, type LatestKpis, latestKpis } from '../queries/latest-kpis.ts';
import type { MartRuns } from '../queries/mart-runs.ts';
import { missingLines, untilShown } from './awaited-kpis.ts';
import type { Whereabouts } from './follow.ts';
import { toldBefore } from './told-before.ts';

/** What became of marts after files landed, or were made again, or a rebuild was tried again. */
export type MartsNow = {
  /** Their KPIs for people, a part for each mart. */
  readonly kpis: readonly (readonly string[])[];
  /** What is wrong with their rebuilds, or is not in the KPIs. */
  readonly problems: readonly (readonly string[])[];
  /** The same for programs. */
  readonly marts: readonly object[];
  /** False when a rebuild failed, or rows are published that no KPI shows. */
  readonly isShown: boolean;
};

/** Items of each kind that are shown unless told. */
const itemsShown = 2;

/** Waits so many milliseconds at most until the marts that files feed show them, and reads the KPIs that are made of these files. */
export const fedMarts = async (
  ports: KpiPorts,
  marts: readonly Mart[],
  seen: readonly Whereabouts[],
  patience: number,
): Promise<MartsNow> => {
  const landed = new Set(seen.map(({ file }) => file.dataset));
  const fed = marts.filter(({ datasets }) => datasets.some((dataset) => landed.has(dataset)));
  const rebuilds = await untilShown(ports.ledger, fed, patience);
  const feeding = datasetsWithRows(seen);
  const kpis = await Promise.all(fed.map((mart) => readKpis(ports, mart, feeding)));
  const told = seen.every(isIgnored) ? fed.map(() => true) : await toldBefore(ports.ledger, rebuilds);
  const now = martsNow(rebuilds, kpis, told);
  const missing = rebuilds.map((runs) => missingLines(runs, seen));
  const isKpi = fed.some((mart) => kpisMadeOf(mart, feeding).length > 0);
  return {
    ...now,
    kpis: isKpi || feeding.length === 0 ? now.kpis : [[`No KPI is made of ${feeding.join(', ')}.`]],
    problems: [...now.problems, ...missing],
    isShown: now.isShown && missing.flat().length === 0,
  };
};

/** Marts as their rebuilds and their KPIs stand; of warnings that were told before a line is enough. */
export const martsNow = (
  rebuilds: readonly MartRuns[],
  kpis: readonly LatestKpis[],
  told: readonly boolean[] = [],
): MartsNow => ({
  kpis: kpis.map((one) => kpiLines(one, nextCommand('kpis', one.mart, '--limit', '20'))),
  problems: [
    ...rebuilds.map((runs, at) => (told[at] ? standingLines(runs) : warningLines(runs))),
    ...rebuilds.map(leftOutLines),
    ...rebuilds.map(failedLines),
  ],
  marts: rebuilds.map((runs, at) => ({ ...runs, kpis: kpis[at] })),
  isShown: !rebuilds.some(isFailed),
});

/** Some KPIs of a mart that are made of datasets; what happened before is told also where they cannot be read. */
export const readKpis = (
  ports: KpiPorts,
  mart: Mart,
  datasets: readonly string[] = mart.datasets,
  most: number = itemsShown,
): Promise<LatestKpis> =>
  latestKpis(ports, mart, kpisMadeOf(mart, datasets), most).catch((cause: unknown) => ({
    ...{ mart: mart.name, kpis: [] },
    error: cause instanceof Error ? cause.message : String(cause),
  }));

const isIgnored = ({ stage }: Whereabouts): boolean => stage === 'ignored';

/** Datasets of which a file is published, or was before. */
const datasetsWithRows = (seen: readonly Whereabouts[]): string[] => {
  const states = ['published', 'superseded', 'ignored'];
  const files = seen.filter(({ record }) => states.includes(record?.state ?? ''));
  return [...new Set(files.map(({ file }) => file.dataset))].sort();
};
