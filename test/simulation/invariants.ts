import type { Item } from '../../functions/adapters/dynamo-items.ts';
import { rowsKey } from '../../functions/pipeline/lake-keys.ts';
import { balanceOf, hangsOn, landedFile } from '../../functions/pipeline/queries/repairs.ts';
import { madeBy } from '../../functions/pipeline/steps/made-by.ts';
import { parseManifest } from '../../functions/validation/manifest/manifest.ts';
import type { KpiItem } from '../../functions/warehouse/kpis/items.ts';
import type { StoredFile } from '../functions/records.ts';
import { deployments, manifestKey, manifests } from './catalog.ts';
import { parseRows } from './engine.ts';
import type { Kind, Upload } from './history.ts';
import { measuresOf } from './warehouse.ts';
import type { World } from './world.ts';

/** What must hold once everything has come to rest. */
export const aftermath = (world: World, uploads: readonly Upload[], isAllReprocessed: boolean): string[] => {
  const records = world.items().filter(({ pk }) => pk.startsWith('FILE#'));
  return [
    ...uploads.flatMap((upload) => endOf(upload, records)),
    ...uploads.flatMap((upload) => bytesOf(world, upload, records)),
    ...leftovers(world),
    ...migration(world),
    ...servedVersions(uploads, records),
    ...repairedFiles(uploads, records),
    ...quarantinedRow(world, uploads, records),
    ...silverRows(world, uploads, records),
    ...stillReprocessing(uploads, records),
    ...(isAllReprocessed ? reprocessed(world, uploads, records) : []),
    ...kpis(world),
  ];
};

const recordOf = (
  records: readonly Item[],
  { key, version }: Pick<Upload, 'key' | 'version'>,
): Item | undefined => records.find(({ pk, sk }) => pk === `FILE#${key}` && sk === version);

/** Where a file of each kind may end. */
const ends: Readonly<Record<Kind, readonly string[]>> = {
  good: ['published', 'superseded', 'ignored'],
  mixed: ['published', 'superseded', 'ignored', 'quarantined'],
  repaired: ['published', 'superseded', 'ignored', 'quarantined'],
  rejected: ['quarantined', 'superseded', 'ignored', 'published'],
  'strictly-good': ['published', 'superseded', 'ignored', 'quarantined'],
  'rule-breaking': ['quarantined', 'superseded', 'ignored'],
  poison: ['parked', 'superseded'],
};

const endOf = (upload: Upload, records: readonly Item[]): string[] => {
  const state = String(recordOf(records, upload)?.state);
  return ends[upload.kind].includes(state)
    ? []
    : [`${upload.kind} ${upload.key}@${upload.version} ended as ${state}`];
};

/** The original bytes stay: where the ledger says, or in landing while the file is parked. */
const bytesOf = (world: World, { key, version, body }: Upload, records: readonly Item[]): string[] => {
  const record = recordOf(records, { key, version });
  const isParked = record?.state === 'parked';
  const stored = isParked ? world.lake.find(key, version) : world.lake.newest(String(record?.stored_as));
  const isLeft = !isParked && world.lake.find(key, version) !== undefined;
  return [
    ...(stored?.body === body ? [] : [`the bytes of ${key}@${version} (${record?.state}) are lost`]),
    ...(isLeft ? [`${key}@${version} (${record?.state}) still lies in landing`] : []),
  ];
};

/** If there was anything to rebuild, the tables have what was deployed last. */
const migration = (world: World): string[] => {
  const record = world.items().find(({ pk }) => pk === 'MIGRATION#listening');
  if (!record) return [];
  const { listening } = world.catalog().marts;
  const isApplied = record.state === 'applied' && record.version === listening?.tables_hash;
  const missing = (listening?.models ?? [])
    .filter(({ kind }) => kind === 'fact' || kind === 'dimension')
    .flatMap(({ name, columns }) => columns.map((column) => [name, column.name] as const))
    .filter(([table, column]) => !world.warehouse.tables.columnsOf(table).includes(column));
  return [
    ...(isApplied ? [] : [`the last migration, of ${record.version}, is ${record.state}`]),
    ...missing.map(([table, column]) => `gold.${table} has no ${column}`),
  ];
};

const leftovers = (world: World): string[] =>
  world.items().flatMap(({ pk, sk, holder, version, key }) => {
    // A process that slept may take the turn of a migration that is over; the next one takes it from there.
    if (pk === 'LEASE#migration/gold') return [];
    if (pk.startsWith('LEASE#') && holder !== undefined) return [`${pk} is still held by ${holder}`];
    if (pk.startsWith('PENDING#')) return [`${sk} is not in the KPIs`];
    const parked = world
      .items()
      .some((item) => item.pk === `FILE#${key}` && item.sk === version && item.state === 'parked');
    return pk.startsWith('QUEUE#') && !parked ? [`${sk} is still queued`] : [];
  });

const isServed = (state: string): boolean => ['published', 'superseded'].includes(state);

/** Of each key the newest good version serves, itself or through an earlier version of the same bytes. */
const servedVersions = (uploads: readonly Upload[], records: readonly Item[]): string[] =>
  [...new Set(uploads.map(({ key }) => key))].flatMap((key) => {
    const isGood = (upload: Upload): boolean =>
      upload.kind === 'good' || isServed(String(recordOf(records, upload)?.state));
    const newest = uploads.filter((upload) => upload.key === key && isGood(upload)).at(-1);
    const serving = uploads.filter((one) => one.key === key && recordOf(records, one)?.state === 'published');
    if (serving.length > 1) return [`${serving.length} versions of ${key} are published`];
    // What was repaired goes when its source is replaced; of the versions of a repair none need serve then.
    const isRepaired = uploads.some((one) => one.key === key && one.kind === 'repaired');
    return isRepaired || serving[0]?.body === newest?.body
      ? []
      : [`${key} serves ${serving[0]?.version}, not ${newest?.version}`];
  });

/** Repaired rows are published while the version that they came from is, and replaced by the newest that were repaired. */
const repairedFiles = (uploads: readonly Upload[], records: readonly Item[]): string[] =>
  uploads.flatMap((upload) => {
    const record = recordOf(records, upload) as StoredFile | undefined;
    if (record?.state !== 'published' || !record.repairs) return [];
    const source = recordOf(records, record.repairs);
    return source?.state === 'published' ? [] : [`${record.landed_as} hangs on what is ${source?.state}`];
  });

/** Rows that were quarantined lie in quarantine, and every record of a file is somewhere, once. */
const quarantinedRow = (world: World, uploads: readonly Upload[], records: readonly Item[]): string[] =>
  uploads.flatMap((upload) => {
    const record = recordOf(records, upload) as StoredFile | undefined;
    if (record?.state !== 'published') return [];
    const { quarantined_rows = 0 } = record;
    // Of a file that has no invalid row any more, by the manifest in force, those of before stay where they are.
    if (quarantined_rows === 0 && record.reprocessed) return [];
    const rows = world.lake.newest(rowsKey(record, 'csv'))?.body.trimEnd().split('\n').length ?? 1;
    const hanging = records.filter((one) => hangsOn(String(one.landed_as), landedFile(record)));
    const balance = balanceOf(record, hanging as unknown as StoredFile[]);
    const found = balance.published + balance.repaired + balance.quarantined;
    const isRight = found === balance.landed && balance.quarantined >= 0;
    return [
      ...(rows - 1 === quarantined_rows
        ? []
        : [`${rows - 1} of ${quarantined_rows} rows of ${upload.key} are quarantined`]),
      ...(isRight ? [] : [`${upload.key} has ${JSON.stringify(balance)}`]),
    ];
  });

/** Silver holds the rows of the published versions, each once, as the SQL made them that the record names. */
const silverRows = (world: World, uploads: readonly Upload[], records: readonly Item[]): string[] => {
  const published = uploads.filter((upload) => recordOf(records, upload)?.state === 'published');
  const expected = published
    .flatMap((upload) => {
      const record = recordOf(records, upload);
      const name = record?.landed_as ?? upload.key;
      const { sql = 'nothing', isLoose = false } = makers.get(String(record?.made_by)) ?? {};
      const rows = parseRows(upload.body).filter(({ day }) => isLoose || day !== 'yesterday');
      return rows.map(({ id }) => `${name} ${id} ${sql}`);
    })
    .sort();
  const silver = world.engine
    .silver()
    .map(({ key, id, sql }) => `${key} ${id} ${bare(sql)}`)
    .sort();
  return expected.join() === silver.join() ? [] : [`silver holds ${silver.join()}, not ${expected.join()}`];
};

type Maker = { readonly sql: string; readonly isLoose: boolean; readonly isStrict: boolean };

const bare = (sql: string): string => sql.replace(/--.*|\s+/g, ' ').trim();

/** What each hash stands for. */
const makers: ReadonlyMap<string, Maker> = new Map(
  deployments.flatMap(({ datasets: { plays } }) =>
    manifests.flatMap((text): [string, Maker][] => {
      const parsed = parseManifest(text);
      if (!plays || !parsed.ok) throw new Error('a manifest of the simulation is broken');
      const isLoose = text.includes('loose');
      const maker = { sql: bare(plays.sql), isLoose, isStrict: plays.ruleset.includes('700') };
      return [[madeBy(plays, parsed.manifest), maker]];
    }),
  ),
);

const stillReprocessing = (uploads: readonly Upload[], records: readonly Item[]): string[] =>
  uploads.flatMap((upload) =>
    recordOf(records, upload)?.reprocess ? [`${upload.key} is still to be reprocessed`] : [],
  );

/** Every published file was made by what is in force, or breaks it, and then says why its rows stay. */
const reprocessed = (world: World, uploads: readonly Upload[], records: readonly Item[]): string[] => {
  const manifest = world.lake.newest(manifestKey)?.body ?? '';
  const parsed = parseManifest(manifest);
  const { plays } = world.catalog().datasets;
  if (!plays || !parsed.ok) return ['nothing is in force'];
  const inForce = madeBy(plays, parsed.manifest);
  return uploads.flatMap((upload) => {
    const record = recordOf(records, upload) as StoredFile | undefined;
    if (record?.state !== 'published') return [];
    const last = record.reprocessed?.at(-1);
    if (last === undefined) return [`${upload.key} was never reprocessed`];
    const isKept = last.outcome !== 'replaced';
    if (!isKept && record.made_by !== inForce) return [`${upload.key} was made by other SQL`];
    if (isKept && !last.reason) return [`${upload.key} keeps its rows and does not say why`];
    if (upload.kind === 'repaired') return [];
    const hanging = records.some(
      (one) => one.state === 'published' && hangsOn(String(one.landed_as), upload.key),
    );
    const breaks = isBreaking(upload, manifest, plays.ruleset, hanging);
    return isKept === breaks
      ? []
      : [`${upload.kind} ${upload.key} ${isKept ? 'keeps its rows' : 'was replaced'}: ${last.reason}`];
  });
};

const isBreaking = ({ body }: Upload, manifest: string, ruleset: string, isRepaired: boolean): boolean => {
  const rows = parseRows(body);
  const bad = rows.filter(({ day }) => day === 'yesterday').length;
  if (ruleset.includes('700') && rows.some(({ id }) => id.startsWith('777'))) return true;
  if (manifest.includes('loose')) return isRepaired;
  return manifest.includes('quarantine_rows') ? bad === rows.length : bad > 0;
};

/** Every day's pointer says what silver says, and so does its latest item. */
const kpis = (world: World): string[] => {
  const silver = world.engine.silver();
  const pointers = world.kpiItems().filter(({ sk }) => sk === 'CURRENT');
  const days = new Set([
    ...silver.map(({ day }) => day),
    ...pointers.map(({ pk }) => pk.slice('DAY#'.length)),
  ]);
  return [...days].flatMap((day) => {
    const { listens, made } = measuresOf(silver, day);
    const pointer = pointers.find(({ pk }) => pk === `DAY#${day}`);
    const latest = world.kpiItems().filter(({ pk }) => pk === `LATEST#${day}`);
    return [pointer, newestOf(latest)].flatMap((shown) =>
      shown?.listens === listens && shown.made === made
        ? []
        : [`${shown?.pk ?? day} shows ${shown?.listens} listens of ${listens}, ${shown?.made} for ${made}`],
    );
  });
};

const newestOf = (items: readonly KpiItem[]): KpiItem | undefined =>
  [...items].sort((a, b) => (a.sk < b.sk ? -1 : 1)).at(-1);
