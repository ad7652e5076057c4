import { parseFileId } from '../../functions/domain/landing.ts';
import type { FileRecord } from '../../functions/domain/ledger.ts';
import type { Files, Ledger } from '../../functions/domain/ports.ts';
import { expectBegun } from '../state-folder.ts';
import { answer, inParts } from './answer.ts';
import { nameBehind } from './dataset-runs.ts';
import { reportOf } from './file-document.ts';
import { fileStory } from './file-story.ts';
import { datasetsNamed } from './known-datasets.ts';
import { nextCommand } from './next-command.ts';
import { type FileReport, reportLines } from './report-lines.ts';
import { onTarget, type TargetFlags } from './target.ts';

export type ReportFlags = TargetFlags & { readonly dataset?: string };

/** There is no such report. */
export class NoReport extends Error {
  override readonly name = 'NoReport';
}

type Ports = { readonly files: Files; readonly ledger: Ledger };

/** Prints the report on a file, or all rows that the checks of a rebuild found. */
export const showReport = async (name: string, flags: ReportFlags): Promise<void> => {
  expectBegun(flags.state);
  await onTarget(flags, async (target) => {
    const checks = await checksOf(target, name);
    if (checks) return answer(flags, { rebuild: name, checks }, checks.map(checkLine));
    const [report, ...others] = await reportsOf(target, name, flags.dataset);
    if (!report) throw new NoReport(await whyNone(target, name, flags.dataset));
    answer(flags, report, inParts(reportLines(report), ...others.map(olderLines)));
  });
};

const olderLines = ({ file, version }: FileReport): string[] => [
  `An older version has one, too: ${nextCommand('report', `${file}@${version}`)}`,
];

type CheckRow = Readonly<Record<'check_name' | 'file' | 'severity' | 'subject' | 'detail', string>>;

/** All rows that are kept of the checks of a rebuild; undefined for a name that is no rebuild's. */
const checksOf = async ({ files, ledger }: Ports, name: string): Promise<CheckRow[] | undefined> => {
  const rebuild = await ledger.rebuild(name);
  if (!rebuild) return undefined;
  if (rebuild.report === undefined)
    throw new NoReport(`rebuild ${name} is ${rebuild.state}, and its checks have found nothing`);
  const keys = await files.list(rebuild.report);
  const texts = await Promise.all(keys.map((key) => files.readText(key)));
  return texts.flatMap((text = '') =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
};

const checkLine = ({ file, severity, subject, detail }: CheckRow): string =>
  `${file}  ${severity}  ${subject}: ${detail}`;

/** Reports on the versions of a file, newest first; a name may be the key of the report itself. */
const reportsOf = async (ports: Ports, name: string, dataset: string | undefined): Promise<FileReport[]> => {
  if (name.endsWith('.report.json')) return readReports(ports.files, [name]);
  const keys = (await recordsOf(ports, name, dataset)).flatMap((record) => reportOf(record) ?? []);
  return readReports(ports.files, keys.reverse());
};

const readReports = async (files: Files, keys: readonly string[]): Promise<FileReport[]> => {
  const texts = await Promise.all(keys.map((key) => files.readText(key)));
  return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text)]));
};

/** Versions of the files that a name may mean, in order of landing: a key, what stands behind the dataset's folder, the last part of it, each with or without a version. */
const recordsOf = async (
  { ledger }: Ports,
  name: string,
  dataset: string | undefined,
): Promise<FileRecord[]> => {
  const datasets = await datasetsNamed(ledger, dataset);
  const stories = await Promise.all(datasets.map((one) => fileStory(ledger, one, name)));
  if (stories.flat().length > 0) return stories.flat();
  const { key, version } = parseFileId(name);
  const found = await Promise.all(
    datasets.map(async (one) => {
      const landed = await ledger.landed(one);
      return landed.filter(({ key: whole, version: own }) => {
        const behind = nameBehind(one, whole);
        const names = [whole, behind, behind.slice(behind.lastIndexOf('/') + 1)];
        return names.includes(name) || (own === version && names.includes(key));
      });
    }),
  );
  return [...(await ledger.files(found.flat()))].sort((a, b) => a.landed_at.localeCompare(b.landed_at));
};

const whyNone = async (ports: Ports, name: string, dataset: string | undefined): Promise<string> => {
  const newest = (await recordsOf(ports, name, dataset)).at(-1);
  if (!newest)
    return `the ledger knows no file and no rebuild ${name}; ${nextCommand('runs')} shows what it knows, with --name 'part*' what fits a name`;
  const why = newest.reason === undefined ? '' : `: ${newest.reason}`;
  return `there is no report on ${newest.key}, which is ${newest.state}${why}`;
};
