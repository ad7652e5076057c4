import { styleText } from 'node:util';
import {
  type AnyFile,
  landingPrefix,
  reportKey,
  rowsFileOf,
  type Texts,
} from '../../functions/pipeline/index.ts';
import type { Whereabouts } from '../follow/follow.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';
import { readReport, violationLines } from '../output/report-lines.ts';

const filesShown = 5;
const violationsShown = 4;

/**
 * The reports of quarantined files, the first violations of each; then the files that are published without some of their rows.
 */
export const quarantineLines = async (
  files: Texts,
  whereabouts: readonly Whereabouts[],
): Promise<string[]> => {
  const records = whereabouts.flatMap(({ record }) => record ?? []);
  const rejected = records.filter(({ state }) => state === 'quarantined');
  const split = records.filter((record) => rowsFileOf(record) !== undefined);
  const shown = await Promise.all([
    ...rejected.slice(0, filesShown).map((record) => rejectedLines(files, record)),
    ...split.slice(0, filesShown).map((record) => splitLines(files, record)),
  ]);
  const left = rejected.length + split.length - shown.length;
  return [...shown.flat(), ...(left > 0 ? [`… and ${count(left, 'more file')} in quarantine`] : [])];
};

const rejectedLines = async (files: Texts, record: AnyFile): Promise<string[]> => [
  `${styleText('bold', record.key)} is in quarantine, its bytes unchanged`,
  ...(await reportLines(files, record)),
];

const splitLines = async (files: Texts, record: AnyFile): Promise<string[]> => {
  const { key, records = 0, quarantined_rows: quarantined = 0, dataset } = record;
  const name = key.slice(landingPrefix(dataset).length);
  const published = count(records - quarantined, 'row');
  return [
    `${styleText('bold', key)}: ${published} published, ${quarantined.toLocaleString('en-US')} quarantined`,
    ...(await reportLines(files, record)),
    `  ${styleText('dim', `quarantined rows: ${rowsFileOf(record)}`)}`,
    `  ${styleText('dim', `get them with ${nextCommand('runs', dataset, '--file', name, '--rows', '.')}, correct them, put them into ${landingPrefix(dataset)}`)}`,
  ];
};

const reportLines = async (files: Texts, record: AnyFile): Promise<string[]> => {
  const at = reportKey(record);
  const report = readReport((await files.readText(at)) ?? '{}');
  return [...violationLines(report, violationsShown), `  ${styleText('dim', `report: ${at}`)}`];
};
