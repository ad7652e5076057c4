import {
  type KpiPorts,
  kpisMadeOf,
  type LatestKpis,
  latestKpis,
  type MartRuns,
} from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { kpiLines } from '../output/kpi-lines.ts';
import { nextCommand } from '../output/next-command.ts';
import { failedLines, isFailed, leftOutLines, standingLines, warningLines } from '../output/rebuild-lines.ts';
import { missingLines, untilShown } from './awaited-kpis.ts';
import type { Whereabouts } from './follow.ts';
import { toldBefore } from './told-before.ts';

/** The state of marts after files landed or were reprocessed, or a rebuild was retried. */
export type MartsNow = {
  /** Their KPIs as text, one part per mart. */
  readonly kpis: readonly (readonly string[])[];
  /** Failures and warnings of their rebuilds, and rows that the KPIs do not show. */
  readonly problems: readonly (readonly string[])[];
  /** The same as JSON. */
  readonly marts: readonly object[];
  /** False if a rebuild failed, or published rows are not in the KPIs. */
  readonly isShown: boolean;
};

/** Items shown of each kind by default. */
const itemsShown = 2;

/** Waits at most so many milliseconds until the marts show these files, and reads the KPIs computed from them. */
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

/** The text for marts, their rebuilds and their KPIs; warnings that were shown before take one line. */
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

/** Some KPIs of a mart, computed from these datasets; if they cannot be read, the rest of the answer is still given. */
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

/** Datasets with a file that is or was published. */
const datasetsWithRows = (seen: readonly Whereabouts[]): string[] => {
  const states = ['published', 'superseded', 'ignored'];
  const files = seen.filter(({ record }) => states.includes(record?.state ?? ''));
  return [...new Set(files.map(({ file }) => file.dataset))].sort();
};
