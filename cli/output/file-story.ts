import { styleText } from 'node:util';
import {
  type AnyFile,
  byLanding,
  type Ledger,
  landingPrefix,
  type Reprocess,
  type Reprocessed,
  repairsOf,
  reportOf,
  rowsFileOf,
} from '../../functions/pipeline/index.ts';
import { oneLine } from './answer.ts';
import { rowsText, shortTime } from './states.ts';

/** All versions of a file, named by its key or by the part after the dataset's folder, and all repairs of them. */
export const fileStory = async (ledger: Ledger, dataset: string, name: string): Promise<AnyFile[]> => {
  const prefix = landingPrefix(dataset);
  const versions = await ledger.files.versionsOf(name.startsWith(prefix) ? name : `${prefix}${name}`);
  return [...versions, ...(await repairsOf(ledger, versions))].sort(byLanding);
};

/** The history as text: each version with its moments, in order. */
export const storyLines = (records: readonly AnyFile[]): string[] =>
  records
    .flatMap((record, index) => [...(index === 0 ? [] : ['']), ...versionLines(record, records)])
    .map(oneLine);

const versionLines = (record: AnyFile, records: readonly AnyFile[]): string[] => [
  `${styleText('bold', record.key)}  version ${record.number} (${record.version}), ${record.state}`,
  ...factsOf(record, records).map(([name, value]) => `  ${`${name}:`.padEnd(12)} ${value}`),
  ...momentsOf(record).map(([at, what]) => `  ${shortTime(at)}  ${what}`),
];

const factsOf = (record: AnyFile, records: readonly AnyFile[]): [string, string][] => {
  const { repairs, landed_as, drift = [] } = record;
  const facts: [string, string | undefined][] = [
    ['rows', rowsText(record, records)],
    ['why', record.reason],
    ['same bytes', record.duplicate_of && `as ${record.duplicate_of}`],
    ['columns', drift.length > 0 ? drift.join('; ') : undefined],
    ['repairs', repairs && `${repairs.key}, version ${repairs.version}; published as ${landed_as}`],
    ['superseded', record.superseded_by && `by version ${record.superseded_by}`],
    ['made by', record.made_by && `manifest, SQL and rules ${record.made_by.slice(0, 12)}`],
    ['reprocess', record.reprocess && requestText(record.reprocess)],
    ['report', reportOf(record)],
    ['quarantined', rowsFileOf(record)],
    ['bytes', record.stored_as],
  ];
  return facts.flatMap(([name, value]) => (value ? [[name, value]] : []));
};

const requestText = ({ state, asked_at, reason }: Reprocess): string =>
  `${state} since ${shortTime(asked_at)}${reason ? `: ${reason}` : ''}`;

const endText = ({ asked_at, ended_at, outcome, reason, report, batch_id }: Reprocessed) => {
  const by = batch_id === undefined ? '' : ` by batch ${batch_id}`;
  const why = `${reason ? `: ${reason}` : ''}${report ? `; report: ${report}` : ''}`;
  const words = {
    replaced: `rows replaced${by}`,
    kept: `kept its rows${why}`,
    failed: `not reprocessed${why}`,
  };
  return [
    [asked_at, 'asked to be reprocessed'],
    [ended_at, words[outcome]],
  ] satisfies [string, string][];
};

const momentsOf = (record: AnyFile): [string, string][] => {
  const replaced = record.reprocessed?.find(({ outcome }) => outcome === 'replaced')?.replaced_batch;
  const first = replaced ?? record.batch_id;
  const batch = first === undefined ? '' : `batch ${first}`;
  const moments: [string | undefined, string][] = [
    [record.landed_at, 'landed'],
    [record.accepted_at, 'accepted'],
    [record.claimed_at, `claimed by ${batch}`],
    [record.published_at, `published with ${batch}`],
    [record.rejected_at, 'rejected'],
    [record.ignored_at, 'ignored'],
    [record.superseded_at, 'superseded'],
    [record.archived_at, 'bytes moved out of landing'],
    ...(record.reprocessed ?? []).flatMap(endText),
  ];
  return moments
    .flatMap(([at, what]): [string, string][] => (at === undefined ? [] : [[at, what]]))
    .sort(([a], [b]) => a.localeCompare(b));
};
