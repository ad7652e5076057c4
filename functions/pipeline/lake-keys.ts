import { createHash } from 'node:crypto';
import { leadingOut, leadsOut, markerReason, type RowsFormat } from '../validation/index.ts';

/** Keys of files in the lake: landing, archive, quarantine, runs. All other modules get keys here. */

/** One version of one object of the lake. */
export type FileVersion = { readonly key: string; readonly version: string };

/** What the key of a landed object says about it. */
export type LandedName =
  | {
      readonly kind: 'file' | 'manifest' | 'marker' | 'rejected';
      readonly dataset: string;
      readonly file: string;
    }
  | { readonly kind: 'elsewhere' };

/** The prefix that wakes functions, and the folders under it that are not landing. */
export const landingRoot = 'data/';
const archiveFolder = 'data/archive';
/** Where rejected files and quarantined rows go, unless the manifest names a folder in it. */
export const quarantineFolder = 'data/quarantine';
/** What lies under `landingRoot` without being landing. */
export const restingPlaces: readonly string[] = [`${archiveFolder}/`, `${quarantineFolder}/`];

/** Tells a landed file from a manifest, a marker, a rejected name and an object outside landing. */
export const readName = (key: string): LandedName => {
  if (!key.startsWith(landingRoot) || restingPlaces.some((prefix) => key.startsWith(prefix)))
    return { kind: 'elsewhere' };
  const path = key.slice(landingRoot.length);
  const slash = path.indexOf('/');
  const dataset = slash < 0 ? '' : path.slice(0, slash);
  const file = path.slice(slash + 1);
  if (markerReason(file)) return { kind: 'marker', dataset, file };
  if (key.includes('#') || leadsOut(path)) return { kind: 'rejected', dataset, file };
  if (dataset && file === 'manifest.json') return { kind: 'manifest', dataset, file };
  return { kind: 'file', dataset, file };
};

const kept = (name: string): string =>
  name.replace(new RegExp(leadingOut, 'gi'), (part) => part.replace(/%2e|\./gi, '_'));

/** Where files of a dataset land. */
export const landingPrefix = (dataset: string): string => `${landingRoot}${dataset}/`;

/** The manifest in force of a dataset. */
export const manifestKey = (dataset: string): string => `${landingPrefix(dataset)}manifest.json`;

/**
 * Key of a JSON list with hashes of the manifests that deployments brought into the lake: each belongs to the SQL of its
 * deployment.
 */
export const deployedKey = (dataset: string): string => `runs/deployed/${dataset}.json`;

const fileName = (key: string): string => {
  const name = readName(key);
  return name.kind === 'elsewhere' ? key : name.file;
};

const reportEnd = '.report.json';

/** Longest key in S3, and longest sort key in DynamoDB, in bytes. */
const mostKeyBytes = 1024;
const longestSuffix = `.${'0'.repeat(16)}${reportEnd}`;

/** The text if the key made with it is short enough, else its SHA-256, so that files with long names can be moved, too. */
export const fitted = (text: string, keyWith: (text: string) => string): string => {
  const isShort = Buffer.byteLength(keyWith(text)) <= mostKeyBytes;
  return isShort ? text : createHash('sha256').update(text).digest('hex');
};

/** `<folder>/<file>@<version>`; no part of a name can lead out of the folder. */
const restingKey = (folder: string, { key, version }: FileVersion): string => {
  const name = kept(fileName(key));
  const keyWith = (file: string): string => `${folder}/${file}@${version}`;
  return keyWith(fitted(name, (file) => keyWith(file) + longestSuffix));
};

/** `data/archive/<dataset>/year=/month=/day=/<file>@<version>`, by landing date in UTC. */
export const archiveKey = (file: FileVersion & { dataset: string; landed_at: string }): string => {
  const [year, month, day] = file.landed_at.slice(0, 10).split('-');
  return restingKey(`${archiveFolder}/${kept(file.dataset)}/year=${year}/month=${month}/day=${day}`, file);
};

/** Where the manifest sends rejected files; a manifest cannot name a place outside `data/quarantine`. */
export const quarantineKey = (
  file: FileVersion & { dataset: string; quarantine_path?: string | undefined },
): string => restingKey(`${file.quarantine_path ?? quarantineFolder}/${kept(file.dataset)}`, file);

/** The report that lies beside the file under a key. */
export const reportBeside = (key: string): string => `${key}${reportEnd}`;

/** Whether a report lies under a key. */
export const isReport = (key: string): boolean => key.endsWith(reportEnd);

/** The rows file that lies beside the file under a key, or path: `<key>.rows.csv` or `.rows.jsonl`. */
export const rowsBeside = (key: string, format: RowsFormat): string => `${key}.rows.${format}`;

const rowsName = /^(.*@[^@/]+)\.rows\.(?:csv|jsonl)(?:\.gz)?$/s;

/** The `<file>@<version>` whose rows a rows file of this name holds; undefined for the name of any other file. */
export const sourceOfRows = (name: string): string | undefined => rowsName.exec(name)?.[1];

/** The report next to a quarantined file. */
export const reportKey = (file: Parameters<typeof quarantineKey>[0]): string =>
  reportBeside(quarantineKey(file));

/** The report on a reprocess after which a published file keeps its old rows; in the folder for rejected files. */
export const reprocessReportKey = (file: Parameters<typeof quarantineKey>[0]): string =>
  `${quarantineKey(file)}.reprocess.json`;

/** The quarantined rows of a file, next to its report: `.rows.csv`, or `.rows.jsonl` if the format is not a table. */
export const rowsKey = (file: Parameters<typeof quarantineKey>[0], format: RowsFormat): string =>
  rowsBeside(quarantineKey(file), format);

/**
 * Accepted records of a file, as validated under one manifest; the report and the rows file are next to it until it is
 * published.
 */
export const cleanKey = (file: FileVersion & { dataset: string }, manifestSha256: string): string =>
  `${restingKey(`staging/clean/${kept(file.dataset)}`, file)}.${manifestSha256.slice(0, 16)}`;

/** A file version as one word, for events: `<key>@<version>`. */
export const fileId = (file: FileVersion): string => `${file.key}@${file.version}`;

/** Reads the text of `fileId`; version ids contain no `@`. */
export const parseFileId = (id: string): FileVersion => {
  const at = id.lastIndexOf('@');
  return { key: id.slice(0, at), version: id.slice(at + 1) };
};

/**
 * What log lines, events, Glue runs and statements about a file version have in common: its version id, which the event of S3
 * brings. It fits into the name of a statement.
 */
export const correlationOf = ({ version }: Pick<FileVersion, 'version'>): string =>
  /^[A-Za-z0-9][\w.+/=-]{0,99}$/.test(version) ? version : createHash('sha256').update(version).digest('hex');

/** Spec and result of a batch's two runs, of a rebuild, of a migration and of the run that shapes silver tables. */
export const runKey = (
  id: string,
  kind: 'transform' | 'quality' | 'rebuild' | 'migration' | 'tables',
  part: 'spec' | 'result',
): string => `runs/${id}/${kind}.${part}.json`;

/** The batch of a spec, from its key. */
export const batchOfSpec = (specKey: string): string => specKey.split('/')[1] ?? '';

/** Where a run of a batch stages its rows. */
export const stagedPrefix = (batch: string, run: string): string => `staging/${batch}/${run}/`;

type Pull = { readonly source: string; readonly from: string; readonly to: string };

/** `<dataset>-<from>-<to>-<attempt>.jsonl`: a window that is pulled again lands as another file. */
const pulledName = ({ source, from, to }: Pull, attempt: number): string =>
  `${source}-${from}-${to}-${attempt}.jsonl`;

/** Where an attempt to pull a window lands. */
export const pulledKey = (pull: Pull, attempt: number): string =>
  `${landingPrefix(pull.source)}${pulledName(pull, attempt)}`;

/** Where an attempt to pull a window writes its records until it has all of them. */
export const pullingKey = (pull: Pull, attempt: number): string =>
  `staging/pulls/${pulledName(pull, attempt)}`;

/** Where the warehouse writes the KPI rows of a rebuild. */
export const kpiPrefix = (rebuild: string): string => `kpis/${rebuild}/1/`;
