import pLimit from 'p-limit';
import { RE2JS } from 're2js';
import { fileId, landingPrefix, landingRoot } from '../lake-keys.ts';
import type { Ledger } from '../ports.ts';
import type { AnyBatch } from '../records/batch.ts';
import type { AnyFile } from '../records/file.ts';
import { batchId, type Lease } from '../records/lease.ts';
import { byLanding } from './in-quarantine.ts';
import { repairsOf } from './repairs.ts';

/** The ledger's records of a dataset: its lease, its last batches, and all its file versions that were requested. */
export type DatasetRuns = {
  readonly dataset: string;
  readonly lease: Lease;
  /** Newest first. */
  readonly batches: readonly AnyBatch[];
  /** In order of landing. */
  readonly files: readonly AnyFile[];
  /** Those files, and versions and repairs of the ones with problems: enough to decide which need a person. */
  readonly known: readonly AnyFile[];
};

/** Which file versions are requested: by day of landing (UTC, both days included), and by name pattern. */
export type Asked = {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** `*` stands for any characters, `?` for one. */
  readonly name?: string | undefined;
};

const atOnce = 500;

/** Reads so many of the last batches of a dataset, and all its files. */
export const datasetRuns = async (
  ledger: Ledger,
  dataset: string,
  last: number,
  { since, until, name }: Asked = {},
): Promise<DatasetRuns> => {
  const [lease, landed] = await Promise.all([
    ledger.leases.find(dataset),
    ledger.files.landed(dataset, { since, until }),
  ]);
  const named = name === undefined ? landed : landed.filter(fitting(dataset, name));
  const parts = Array.from({ length: Math.ceil(named.length / atOnce) }, (_, part) =>
    named.slice(part * atOnce, (part + 1) * atOnce),
  );
  const [batches, files] = await Promise.all([
    lastBatches(ledger, lease, last),
    pLimit(8).map(parts, (part) => ledger.files.findAll(part)),
  ]);
  const found = files.flat().sort(byLanding);
  const isAll = named.length === landed.length && since === undefined && until === undefined;
  return { dataset, lease, batches, files: found, known: isAll ? found : await withKin(ledger, found) };
};

/** Adds the other versions of files with problems, and their repairs. */
const withKin = async (ledger: Ledger, files: readonly AnyFile[]): Promise<AnyFile[]> => {
  const wrong = files.filter(
    ({ state, quarantined_rows = 0 }) =>
      ['rejected', 'quarantined', 'missing'].includes(state) || quarantined_rows > 0,
  );
  const versions = await pLimit(8).map(wrong, ({ key }) => ledger.files.versionsOf(key));
  const sources = wrong.flatMap(({ repairs }) => repairs ?? []);
  const kin = [
    ...versions.flat(),
    ...(await repairsOf(ledger, wrong)),
    ...(await ledger.files.findAll(sources)),
  ];
  const all = new Map([...files, ...kin].map((file) => [fileId(file), file]));
  return [...all.values()].sort(byLanding);
};

/** Each fence is a batch, unless the process that took the lease stopped before it opened one. */
const lastBatches = async (ledger: Ledger, { name, fence }: Lease, last: number): Promise<AnyBatch[]> => {
  const fences = Array.from({ length: Math.min(last, fence) }, (_, back) => fence - back);
  const batches = await Promise.all(fences.map((one) => ledger.batches.find(batchId(name, one))));
  return batches.filter((batch) => batch !== undefined);
};

/** The pattern is compared with the key after the dataset's folder, and with the last part of that. */
const fitting = (dataset: string, pattern: string): ((file: { readonly key: string }) => boolean) => {
  const expression = [...pattern].map((one) => (one === '*' ? '.*' : one === '?' ? '.' : RE2JS.quote(one)));
  const compiled = RE2JS.compile(expression.join(''), RE2JS.DOTALL);
  return ({ key }) => {
    const name = nameBehind(dataset, key);
    return compiled.matches(name) || compiled.matches(name.slice(name.lastIndexOf('/') + 1));
  };
};

/** A key without its dataset's folder. */
export const nameBehind = (dataset: string, key: string): string => {
  const prefix = dataset ? landingPrefix(dataset) : landingRoot;
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
};
