import { styleText } from 'node:util';
import { landingPrefix, reportKey } from '../../functions/pipeline/lake-keys.ts';
import type { Files } from '../../functions/pipeline/ports.ts';
import type { FileRecord } from '../../functions/pipeline/records.ts';
import type { Whereabouts } from '../follow/follow.ts';
import { count } from '../output/count.ts';
import { rowsFileOf } from '../output/file-document.ts';
import { nextCommand } from '../output/next-command.ts';
import { type FileReport, violationLines } from '../output/report-lines.ts';

const filesShown = 5;
const findingsShown = 4;

/** What the reports beside quarantined files say, the first findings of each; then which files are published without some of their rows. */
export const quarantineLines = async (
  files: Pick<Files, 'readText'>,
  whereabouts: readonly Whereabouts[],
): Promise<string[]> => {
  const records = whereabouts.flatMap(({ record }) => record ?? []);
  const refused = records.filter(({ state }) => state === 'quarantined');
  const parted = records.filter((record) => rowsFileOf(record) !== undefined);
  const shown = await Promise.all([
    ...refused.slice(0, filesShown).map((record) => refusedLines(files, record)),
    ...parted.slice(0, filesShown).map((record) => partedLines(files, record)),
  ]);
  const left = refused.length + parted.length - shown.length;
  return [...shown.flat(), ...(left > 0 ? [`… and ${count(left, 'more file')} in quarantine`] : [])];
};

const refusedLines = async (files: Pick<Files, 'readText'>, record: FileRecord): Promise<string[]> => [
  `${styleText('bold', record.key)} is in quarantine, its bytes unchanged`,
  ...(await reportLines(files, record)),
];

const partedLines = async (files: Pick<Files, 'readText'>, record: FileRecord): Promise<string[]> => {
  const { key, records = 0, quarantined_rows: aside = 0, dataset } = record;
  const name = key.slice(landingPrefix(dataset).length);
  const good = count(records - aside, 'row');
  return [
    `${styleText('bold', key)}: ${good} published, ${aside.toLocaleString('en-US')} set aside`,
    ...(await reportLines(files, record)),
    `  ${styleText('dim', `rows set aside: ${rowsFileOf(record)}`)}`,
    `  ${styleText('dim', `get them with ${nextCommand('runs', dataset, '--file', name, '--rows', '.')}, mend them, drop them into ${landingPrefix(dataset)}`)}`,
  ];
};

const reportLines = async (files: Pick<Files, 'readText'>, record: FileRecord): Promise<string[]> => {
  const at = reportKey(record);
  const report: FileReport = JSON.parse((await files.readText(at)) ?? '{}');
  return [...violationLines(report, findingsShown), `  ${styleText('dim', `report: ${at}`)}`];
};
