import { anyRebuild, type Files, type Ledger, reportsOf } from '../../functions/pipeline/index.ts';
import { answer, inParts } from '../output/answer.ts';
import { nextCommand } from '../output/next-command.ts';
import { type FileReport, readReport, reportLines } from '../output/report-lines.ts';
import { filesNamed } from '../target/files-named.ts';
import { onTarget, type TargetFlags } from '../target/target.ts';

export type ReportFlags = TargetFlags & { readonly dataset?: string };

/** There is no such report. */
export class NoReport extends Error {
  override readonly name = 'NoReport';
}

type Ports = { readonly files: Files; readonly ledger: Ledger };

/** Prints the report on a file, or all rows that the checks of a rebuild found. */
export const showReport = async (name: string, flags: ReportFlags): Promise<void> => {
  await onTarget(flags, async (target) => {
    const checks = await checksOf(target, name);
    if (checks) return answer(flags, { rebuild: name, checks }, checks.map(checkLine));
    const [report, ...others] = await reportsNamed(target, name, flags.dataset);
    if (!report) throw new NoReport(await whyNone(target, name, flags.dataset));
    const [same, older] = [others.filter(isOf(report)), others.filter((one) => !isOf(report)(one))];
    answer(flags, report, inParts(...[report, ...same].map(reportLines), ...older.map(olderLines)));
  });
};

const isOf =
  ({ version }: FileReport) =>
  (other: FileReport): boolean =>
    other.version === version;

const olderLines = ({ file, version }: FileReport): string[] => [
  `An older version has one, too: ${nextCommand('report', `${file}@${version}`)}`,
];

type CheckRow = Readonly<Record<'check_name' | 'file' | 'severity' | 'subject' | 'detail', string>>;

/** All stored rows that the checks of a rebuild found; undefined if the name is not a rebuild's. */
const checksOf = async ({ files, ledger }: Ports, name: string): Promise<CheckRow[] | undefined> => {
  const found = await ledger.rebuilds.find(name);
  if (!found) return undefined;
  const rebuild = anyRebuild(found);
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

/** Reports on the versions of a file, newest first, including reprocesses; a name may also be the key of the report itself. */
const reportsNamed = async (
  ports: Ports,
  name: string,
  dataset: string | undefined,
): Promise<FileReport[]> => {
  if (/\.(?:report|reprocess)\.json$/.test(name)) return readReports(ports.files, [name]);
  const records = [...(await filesNamed(ports.ledger, name, dataset))].reverse();
  return readReports(ports.files, records.flatMap(reportsOf));
};

const readReports = async (files: Files, keys: readonly string[]): Promise<FileReport[]> => {
  const texts = await Promise.all(keys.map((key) => files.readText(key)));
  return texts.flatMap((text, at) => (text === undefined ? [] : [asReport(keys[at] ?? '', text)]));
};

const asReport = (key: string, text: string): FileReport => ({
  ...readReport(text),
  ...(key.endsWith('.reprocess.json') && { reprocess: true }),
});

const whyNone = async (ports: Ports, name: string, dataset: string | undefined): Promise<string> => {
  const newest = (await filesNamed(ports.ledger, name, dataset)).at(-1);
  if (!newest)
    return `the ledger knows no file and no rebuild ${name}; ${nextCommand('runs')} shows what it knows, and --name 'part*' searches by name`;
  const why = newest.reason === undefined ? '' : `: ${newest.reason}`;
  return `there is no report on ${newest.key}, which is ${newest.state}${why}`;
};
