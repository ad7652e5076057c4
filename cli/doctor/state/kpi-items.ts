import { createHash } from 'node:crypto';
import { martRuns } from '../../../functions/pipeline/index.ts';
import { digitsOf, isNumber } from '../../../functions/values/index.ts';
import {
  type KpiItem,
  type KpiRow,
  type KpiRows,
  type KpiShape,
  kpiProblem,
  type Mart,
  type ModelOf,
  rowReader,
  rowsOfKpi,
  type Stamp,
  shapeItems,
} from '../../../functions/warehouse/index.ts';
import { count } from '../../output/count.ts';
import { nextCommand } from '../../output/next-command.ts';
import type { Problem } from '../problem.ts';
import type { Compared, StatePorts } from './ports.ts';

type Ports = Pick<StatePorts, 'ledger' | 'catalog' | 'ask' | 'kpiItems'>;
type Kpi = ModelOf<'kpi'>;

/**
 * Compares the KPI items that an application finds with what their models compute from gold now. Marts with a rebuild that is not
 * at its end are left out. It holds a key and a hash of each item.
 */
export const kpiProblems = async (
  ports: Ports,
): Promise<{ problems: Problem[]; counts: Pick<Compared, 'kpi_items'> }> => {
  const marts = Object.values(ports.catalog.marts);
  const settled = await Promise.all(marts.map((mart) => isSettled(ports, mart)));
  const compared = marts.filter((_, at) => settled[at]);
  const table = compared.length > 0 ? await readTable(ports) : new KpiTable();
  const problems: Problem[] = [];
  for (const mart of compared) problems.push(...(await problemsOfMart(ports, mart, table)));
  return { problems, counts: { kpi_items: table.compared } };
};

const isSettled = async ({ ledger }: Ports, mart: Mart): Promise<boolean> => {
  const { lease, newest, pending, tables } = await martRuns(ledger, mart);
  const isPublished = newest?.state === 'published' && newest.retry_asked_at === undefined;
  return isPublished && lease.holder === undefined && pending.length === 0 && tables === 'migrated';
};

const kpisOf = ({ models }: Mart): Kpi[] =>
  models.filter((model): model is Kpi => model.kind === 'kpi' && model.kpi.length > 0);

/** Attributes that say when and by whom an item was written. */
const written = new Set(['pk', 'sk', 'seq', 'version', 'as_of', 'rebuild', 'expires', 'left_out']);

/** The same text for items with the same figures. */
const figuresOf = (item: KpiItem): string => {
  const figures = Object.entries(item).filter(([name]) => !written.has(name));
  return createHash('md5')
    .update(JSON.stringify(canonical(Object.fromEntries(figures))))
    .digest('base64');
};

/** Without the order of names, zeros at the ends of numbers, and NULL, which is no attribute. */
const canonical = (value: unknown): unknown => {
  if (isNumber(value)) return digitsOf(String(value)) ?? String(value);
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, canonical(one)]);
};

const idOf = ({ pk, sk }: Pick<KpiItem, 'pk' | 'sk'>): string => `${pk}\n${sk}`;

/** What is known of the items of the KPI table. */
class KpiTable {
  readonly figures = new Map<string, string>();
  readonly versions = new Map<string, string>();
  /** The last item of each partition: of `latest` items, the one that counts. */
  readonly last = new Map<string, string>();
  readonly counts = new Map<string, number>();
  compared = 0;

  add(item: KpiItem): void {
    this.figures.set(idOf(item), figuresOf(item));
    if (typeof item.version === 'string') this.versions.set(idOf(item), item.version);
    if (item.sk > (this.last.get(item.pk) ?? '')) this.last.set(item.pk, item.sk);
    this.counts.set(item.pk, (this.counts.get(item.pk) ?? 0) + 1);
  }
}

const readTable = async ({ kpiItems }: Ports): Promise<KpiTable> => {
  const table = new KpiTable();
  for await (const item of kpiItems()) table.add(item);
  return table;
};

const problemsOfMart = async (ports: Ports, mart: Mart, table: KpiTable): Promise<Problem[]> => {
  const problems: Problem[] = [];
  /** How many items each current version should have. */
  const wanted = new Map<string, number>();
  for (const kpi of kpisOf(mart)) {
    let [total, first] = [0, ''];
    for await (const { item, shape } of itemsOf(ports, mart, kpi, table)) {
      table.compared += 1;
      if (isVersioned(shape)) wanted.set(item.pk, (wanted.get(item.pk) ?? 0) + 1);
      const has = table.figures.get(idOf(item));
      const isLeftOut = has === undefined && kpiProblem(item) !== undefined;
      if (has === figuresOf(item) || isLeftOut) continue;
      total += 1;
      first ||= `${item.pk}, ${item.sk} ${has === undefined ? 'is missing' : 'has other values'}`;
    }
    const differ = total === 1 ? 'differs' : 'differ';
    if (total > 0)
      problems.push(
        kpiProblemOf(
          mart,
          kpi.name,
          `${count(total, 'item')} of the KPI table ${differ} from gold: ${first}`,
        ),
      );
  }
  for (const [pk, number] of wanted)
    if ((table.counts.get(pk) ?? 0) > number)
      problems.push(
        kpiProblemOf(mart, mart.name, `the current version ${pk} has items that gold does not have`),
      );
  return problems;
};

/** Rows that are published again make all of their KPIs again. */
const kpiProblemOf = ({ datasets }: Mart, about: string, message: string): Problem => ({
  ...{ check: 'KPIs', about, message },
  next: nextCommand('reprocess', datasets[0] ?? '', '--all'),
});

const isVersioned = ({ publish }: KpiShape): boolean => publish === 'versioned';

/** Most rows that are read at once. */
const mostRows = 100_000;

/** The rows of a model and of its lists; those of a model without lists in pieces. */
async function* rowsOf(ports: Ports, mart: Mart, kpi: Kpi): AsyncGenerator<KpiRows> {
  const lists = [...new Set(kpi.kpi.flatMap((shape) => shape.lists.map(({ from }) => from)))];
  const beside = new Map<string, readonly KpiRow[]>();
  for (const name of lists) {
    const model = mart.models.find((one): one is Kpi => one.name === name && one.kind === 'kpi');
    if (model) beside.set(name, await read(ports, mart, model));
  }
  const [counted] = (await ports.ask(`select count(*) from (${rowsOfKpi(mart, kpi)}) as model`)).rows;
  const pieces = lists.length > 0 ? 1 : Math.max(1, Math.ceil(Number(counted?.[0]) / mostRows));
  for (let piece = 0; piece < pieces; piece += 1) {
    const part = pieces === 1 ? '' : ` where hash(model.${kpi.partition}) % ${pieces} = ${piece}`;
    yield new Map([...beside, [kpi.name, await read(ports, mart, kpi, part)]]);
  }
}

const read = async ({ ask }: Ports, mart: Mart, kpi: Kpi, where = ''): Promise<KpiRow[]> => {
  const { rows } = await ask(
    `select cast(to_json(model) as varchar) from (${rowsOfKpi(mart, kpi)}) as model${where}`,
  );
  const readRow = rowReader(kpi.columns);
  return rows.map(([line]) => readRow(String(line))).filter((row) => row !== null);
};

type Wanted = { readonly item: KpiItem; readonly shape: KpiShape };

/** The items that an application should find, under the keys of the versions that it would read. */
async function* itemsOf(ports: Ports, mart: Mart, kpi: Kpi, table: KpiTable): AsyncGenerator<Wanted> {
  for await (const rows of rowsOf(ports, mart, kpi))
    for (const shape of kpi.kpi)
      for (const [seq, own] of isVersioned(shape)
        ? byVersion(mart, kpi, shape, rows, table)
        : [[0, rows] as const])
        for (const { item } of shapeItems(own, kpi.name, shape, { ...nobody, seq })) {
          const sk = shape.publish === 'latest' ? (table.last.get(item.pk) ?? item.sk) : item.sk;
          yield { item: { ...item, sk }, shape };
        }
}

const nobody: Stamp = { rebuild: '', seq: 0, as_of: '' };

/** Rows by the version that their pointer names. Without a pointer nobody finds them; the pointer's own model tells of it. */
const byVersion = (
  mart: Mart,
  { name }: Kpi,
  shape: KpiShape,
  rows: KpiRows,
  table: KpiTable,
): [number, KpiRows][] => {
  const pointer = pointerOf(mart, shape);
  const found = new Map<number, KpiRow[]>();
  for (const row of pointer ? (rows.get(name) ?? []) : []) {
    const [at] = shapeItems(new Map([[name, [row]]]), name, { ...shape, ...pointer, lists: [] }, nobody);
    const version = at && Number(table.versions.get(idOf(at.item)));
    if (!version) continue;
    const own = found.get(version);
    if (own) own.push(row);
    else found.set(version, [row]);
  }
  return [...found].map(([version, own]) => [version, new Map([...rows, [name, own]])]);
};

/** The pointer to the versions of a shape: its key is the beginning of theirs. */
const pointerOf = (mart: Mart, { pk }: KpiShape): KpiShape | undefined =>
  kpisOf(mart)
    .flatMap(({ kpi }) => kpi)
    .find((shape) => shape.publish === 'pointer' && pk === `${shape.pk}#{version}`);
