import { reportKey, rowsKey } from '../../functions/pipeline/lake-keys.ts';
import { repairKey } from '../../functions/pipeline/queries/repairs.ts';
import { anyFile } from '../../functions/pipeline/records/file.ts';
import { sessionsManifest, shop, usersManifest } from '../functions/engine/shop-project.ts';
import type { StoredFile } from '../functions/records.ts';
import type { Measures } from '../oracle/kpis.ts';
import { rowsOf, smallStreams } from './listens.ts';
import type { Pipeline } from './pipeline.ts';
import { readable } from './published-kpis.ts';
import { queryWarehouse } from './warehouse.ts';

/** The same files through a pipeline of either engine, and all that is to be equal at the end. */

/** Everything that a reader can compare: what became of each file, silver with its types, and KPIs by their keys. */
export type Outcome = {
  readonly files: readonly Readonly<Record<string, unknown>>[];
  readonly silver: Readonly<Record<string, Silver>>;
  readonly kpis: ReadonlyMap<string, Measures>;
};
type Silver = { readonly columns: readonly string[][]; readonly rows: readonly string[] };
type Manifest = { readonly schema: object };

/** Files of the sample, `data/<dataset>/<name>`. */
export type Landing = { readonly key: string; readonly text: string };

const keepsAcceptedRows = ({ schema, ...rest }: Manifest): string =>
  JSON.stringify({ ...rest, schema: { ...schema, validation: { on_error: 'quarantine_rows' } } });

/** What the project has besides its own datasets: nested ones, and rows of listens that may be quarantined. */
export const parityProject = (streamsManifest: string): Readonly<Record<string, string>> => ({
  ...shop,
  'rules/streams/manifest.json': keepsAcceptedRows(JSON.parse(streamsManifest)),
  'rules/users/manifest.json': keepsAcceptedRows(usersManifest),
  'rules/sessions/manifest.json': keepsAcceptedRows(sessionsManifest),
});

const datasets = ['listeners', 'sessions', 'streams', 'tracks', 'users'];
const patience = { timeout: 400_000 };

const corrected = 'data/streams/streams11.csv';
const repairableKey = 'data/streams/streams13.csv';
/** The manifest accepts any text as track; the ruleset wants 22 characters. */
const shortTracks = smallStreams(12).replace(/^(\d+),\w{22},(.*:0\d)$/gm, '$1,short,$2');
const whole = rowsOf(smallStreams(13));
const repairable = smallStreams(13).replace(whole[3] ?? '', (whole[3] ?? '').replace(/^\d+/, 'nobody'));

const uuid = (digit: number): string => `0000000${digit}-3a8c-4968-a3af-5362011ef7d5`;
const session = (digit: number, items: string): string =>
  `{"session_id": "${uuid(digit)}", "customer": {"user_id": "${uuid(0)}"},
    "session_start_time": "2020-01-27T08:29:54.970697", "session_items": ${items}}`;
const sessions = [
  session(1, '[{"song_id":"A","price":1.10},{"song_id":"é 🎵 \\"B\\"","price":0.57,"liked":true}]'),
  session(2, '[{"song_id":"A","price":1.234}]'),
  session(3, '[]'),
];
const users = [
  `{"user_id":"${uuid(1)}","user_name":"Ånn 🎵","user_location":["46.3","-0.4","Niort","FR","Europe/Paris"],"user_since":"2020-12-22T14:15:35.936090","vip":1.50}`,
  `{"user_id":"${uuid(2)}","user_name":null,"user_location":[],"user_since":"2020-12-22T14:15:35","tags":["a","\\n"]}`,
];

/** Lands the files in three waves: what is there first, what is odd in it, and what corrects and repairs that. */
export const landAll = async (
  laptop: Pipeline,
  root: string,
  sample: readonly Landing[],
): Promise<StoredFile[]> => {
  for (const dataset of datasets) await laptop.landManifest(dataset, root);
  const wave = async (files: readonly Landing[]): Promise<StoredFile[]> =>
    laptop.atRest(await Promise.all(files.map(({ key, text }) => laptop.land(key, text))), patience);
  const first = await wave([...sample, { key: corrected, text: smallStreams(11, 40) }]);
  const second = await wave([
    { key: 'data/streams/streams12.csv', text: shortTracks },
    { key: repairableKey, text: repairable },
    { key: 'data/sessions/2020.json', text: `[${sessions.join(',\n')}]\n` },
    { key: 'data/users/users.jsonl', text: `${users.join('\n')}\n` },
  ]);
  const source = second.find(({ key }) => key === repairableKey);
  if (!source) throw new Error(`${repairableKey} did not come to rest`);
  const rows = (await laptop.files.readText(rowsKey(source, 'csv'))) ?? '';
  const third = await wave([
    { key: corrected, text: smallStreams(14).replaceAll('2024-06-25', '2024-07-01') },
    { key: repairKey(source), text: rows.replace(/^nobody/m, (whole[3] ?? '').split(',')[0] ?? '') },
  ]);
  return [...first, ...second, ...third];
};

/** All that is to be equal, once everything is at rest. */
export const outcomeOf = async (laptop: Pipeline, landed: readonly StoredFile[]): Promise<Outcome> => ({
  files: await Promise.all(landed.map((file) => fateOf(laptop, file))),
  silver: Object.fromEntries(
    await Promise.all(datasets.map(async (name) => [name, await silverOf(name)] as const)),
  ),
  kpis: readable(await laptop.allKpis()),
});

const fateOf = async (laptop: Pipeline, file: StoredFile) => {
  const { key, state, reason, records, rows, quarantined_rows, drift } = anyFile(
    (await laptop.ledger.files.find(file)) ?? file,
  );
  const report = await laptop.files.readText(reportKey(file));
  return {
    key: nameOf(key),
    state,
    reason,
    records,
    rows,
    quarantined_rows,
    drift,
    report: validated(report),
  };
};

/** A repair bears the version that it repairs. */
const nameOf = (key: string): string => key.replace(/@[^.]*/, '@');

const ofThisRun = /^(batch|batch_id|version|landed_version|landed_at|rejected_at|validated_at|rows_file)$/;

const validated = (report: string | undefined): unknown =>
  report && JSON.parse(report, (name, value) => (ofThisRun.test(name) ? undefined : value));

/** Columns with their types, and each row as one text; without what differs between two runs of the same files. */
const silverOf = async (dataset: string): Promise<Silver> => {
  const columns = await queryWarehouse(
    `select column_name, data_type from information_schema.columns where table_schema = 'silver' and table_name = '${dataset}' order by ordinal_position`,
  );
  const compared = columns.flatMap(([name = '']) => (ofThisRun.test(name) ? [] : [name]));
  const texts = compared.map((name) => `coalesce(cast("${name}" as varchar), chr(0))`).join(', ');
  const rows = await queryWarehouse(
    `select array_to_string([${texts}], chr(31)) as line from silver.${dataset} order by line`,
  );
  return { columns, rows: rows.map(([line = '']) => nameOf(line)) };
};
