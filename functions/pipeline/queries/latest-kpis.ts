import pLimit from 'p-limit';
import { compareNumbers, isNumber } from '../../values/index.ts';
import {
  datasetsOf,
  type KpiItem,
  type KpiRow,
  type KpiShape,
  type Mart,
  type Model,
  possibleKeys,
  type RebuildSpec,
  type Stamp,
  shapeItems,
} from '../../warehouse/index.ts';
import type { FileReader, Kpis, Ledger } from '../ports.ts';
import type { AnyRebuild } from '../records/rebuild.ts';
import { publishedRebuilds } from './last-rebuilds.ts';
import { hidePersonal } from './personal-values.ts';
import { rebuildSpec } from './rebuild-spec.ts';
import { openUnloaded } from './unloaded-rows.ts';

/** Reads the KPIs of a mart by their keys, as an application does; it depends on no dataset. */

export type KpiPorts = {
  readonly files: FileReader;
  readonly ledger: Ledger;
  readonly kpis: Kpis;
};

/** One kind of items: a KPI model in one shape. */
export type KpiKind = {
  readonly kpi: string;
  /** The key templates. */
  readonly pk: string;
  readonly sk: string;
  readonly publish: KpiShape['publish'];
  /** How many rows the rebuild made; each is an item. */
  readonly rows: number;
  /** Some of these items, as they are now in the KPI table. */
  readonly items: readonly KpiItem[];
};

/** KPIs of a mart; without a rebuild if none wrote any. */
export type LatestKpis = {
  readonly mart: string;
  readonly rebuild?: string;
  readonly kpis: readonly KpiKind[];
  /** Why they could not be read. */
  readonly error?: string;
};

/** How many rebuilds are searched for one that wrote KPIs. */
const rebuildsBack = 20;

/** Names of a mart's KPI models that are computed from one of these datasets; none if the datasets feed no KPI. */
export const kpisMadeOf = ({ models }: Mart, datasets: readonly string[]): string[] =>
  models
    .filter((model) => model.kind === 'kpi' && model.kpi.length > 0)
    .map(({ name }) => name)
    .filter((name) => datasetsOf(models, name).some((dataset) => datasets.includes(dataset)));

/**
 * Items of a mart's KPIs. For each kind at most `most` items that the newest rebuild with such KPIs wrote, first the newest day
 * and the largest figures, with their current values in the KPI table.
 */
export const latestKpis = async (
  ports: KpiPorts,
  mart: Mart,
  names: readonly string[],
  most: number,
): Promise<LatestKpis> => {
  let left = names.length > 0 ? rebuildsBack : 0;
  for await (const rebuild of publishedRebuilds(ports.ledger, mart.name)) {
    if (left-- <= 0) break;
    const spec = await rebuildSpec(ports.files, rebuild.id);
    const models = (spec?.kpis ?? []).filter(({ model }) => names.includes(model));
    const kinds = await Promise.all(models.map((one) => kindsOf(ports, mart, rebuild, spec, one, most)));
    const kpis = kinds.flat().sort((a, b) => publishOrder[a.publish] - publishOrder[b.publish]);
    if (kpis.length > 0) return { mart: mart.name, rebuild: rebuild.id, kpis };
  }
  return { mart: mart.name, kpis: [] };
};

/** Totals come before their details. */
const publishOrder: Readonly<Record<KpiShape['publish'], number>> = {
  pointer: 0,
  versioned: 1,
  series: 2,
  latest: 3,
};

const kindsOf = async (
  { files, kpis }: KpiPorts,
  mart: Mart,
  rebuild: AnyRebuild,
  spec: RebuildSpec | undefined,
  { model, shapes, columns }: RebuildSpec['kpis'][number],
  most: number,
): Promise<KpiKind[]> => {
  const known = mart.models.find(({ name }) => name === model);
  const kpi = { unload: spec?.unload ?? '', kpis: [{ model, columns, shapes: [] }] };
  const { total, first } = await tellingRows(files, kpi, known, most);
  if (first.length === 0) return [];
  return pLimit(1).map(shapes, async (shape) => {
    const stamp = { as_of: '', seq: rebuild.seq, rebuild: rebuild.id, generation: spec?.generation };
    const found = await pLimit(8).map(first, (row) => itemOf(kpis, mart, { row, model, shape, stamp }));
    const items = found.filter((item) => item !== undefined);
    const { pk, sk, publish } = shape;
    return { kpi: model, pk, sk, publish, rows: total, items };
  });
};

type Written = {
  readonly row: KpiRow;
  readonly model: string;
  readonly shape: KpiShape;
  readonly stamp: Stamp;
};

const itemOf = async (
  kpis: KpiPorts['kpis'],
  { models }: Mart,
  { row, model, shape, stamp }: Written,
): Promise<KpiItem | undefined> => {
  const keyOf = (of: KpiRow) => shapeItems(new Map([[model, [of]]]), model, shape, stamp);
  const [key] = possibleKeys(keyOf(row).map(({ item }) => item));
  const item = key && (await kpis.get(key.pk, key.sk));
  if (!item) return undefined;
  const personal = models.filter(({ kind }) => kind === 'kpi').flatMap((one) => one.personal);
  const [shown] = keyOf(hidePersonal(row, personal));
  return { ...hidePersonal(item, personal), pk: shown?.item.pk ?? '', sk: shown?.item.sk ?? '' };
};

/** The number of rows that a rebuild unloaded for a model, and the first of them. */
const tellingRows = async (
  files: KpiPorts['files'],
  kpi: Pick<RebuildSpec, 'unload' | 'kpis'>,
  known: Model | undefined,
  most: number,
): Promise<{ total: number; first: readonly KpiRow[] }> => {
  let [total, first]: [number, KpiRow[]] = [0, []];
  const unloaded = await openUnloaded(files, kpi);
  for (const { model } of kpi.kpis)
    for await (const { rows, end } of unloaded.parts(model)) {
      total = end;
      first = [...first, ...(rows.get(model) ?? [])].sort(byInterest(known)).slice(0, most);
    }
  return { total, first };
};

/** The newest day first, then the largest first figure, then by key. */
const byInterest = (model: Model | undefined): ((a: KpiRow, b: KpiRow) => number) => {
  const { columns = [], key = [] } = model ?? {};
  const partition = model?.kind === 'kpi' ? model.partition : '';
  const isDay = /^(date|timestamp)/.test(columns.find(({ name }) => name === partition)?.type ?? '');
  const measure = columns.find(({ name, type }) => !key.includes(name) && isNumeric(type))?.name ?? '';
  const keyOf = (row: KpiRow): string => JSON.stringify(key.map((name) => String(row[name])));
  return (a, b) =>
    (isDay ? compareTexts(String(b[partition]), String(a[partition])) : 0) ||
    compareValues(b[measure], a[measure]) ||
    compareTexts(keyOf(a), keyOf(b));
};

const isNumeric = (type: string): boolean => /^(bigint|integer|smallint|decimal|double|real)/.test(type);
const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** A value that is not a number comes last in descending order. */
const compareValues = (a: unknown, b: unknown): number => {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  return Number(isNumber(a)) - Number(isNumber(b));
};
