import { styleText } from 'node:util';
import { reportKey } from '../../functions/domain/landing.ts';
import type { FileRecord } from '../../functions/domain/ledger.ts';
import type { Files } from '../../functions/domain/ports.ts';
import { count } from './count.ts';
import type { Whereabouts } from './follow.ts';

type ReportText = {
  readonly findings_total?: number;
  readonly findings?: readonly { readonly message: string }[];
  readonly failures?: readonly { readonly rule: string; readonly metric: string | null }[];
};

const filesShown = 5;
const findingsShown = 4;

/** What the reports beside quarantined files say, the first findings of each. */
export const quarantineLines = async (
  files: Pick<Files, 'readText'>,
  whereabouts: readonly Whereabouts[],
): Promise<string[]> => {
  const refused = whereabouts.flatMap(({ record }) => (record?.state === 'quarantined' ? [record] : []));
  const shown = await Promise.all(refused.slice(0, filesShown).map((record) => reportLines(files, record)));
  const left = refused.length - shown.length;
  return [...shown.flat(), ...(left > 0 ? [`… and ${count(left, 'more file')} in quarantine`] : [])];
};

const reportLines = async (files: Pick<Files, 'readText'>, record: FileRecord): Promise<string[]> => {
  const at = reportKey(record);
  const report: ReportText = JSON.parse((await files.readText(at)) ?? '{}');
  const findings = (report.findings ?? []).map(({ message }) => message);
  const failures = (report.failures ?? []).map(({ rule, metric }) => `${rule} does not hold (${metric})`);
  const said = [...findings, ...failures];
  const total = report.findings_total ?? said.length;
  return [
    `${styleText('bold', record.key)} is in quarantine, its bytes unchanged`,
    ...said.slice(0, findingsShown).map((text) => `  ${text}`),
    ...(total > findingsShown ? [`  … ${count(total, 'finding')} in all`] : []),
    `  ${styleText('dim', `report: ${at}`)}`,
  ];
};
