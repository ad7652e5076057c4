import { styleText } from 'node:util';
import { reportKey } from '../../functions/domain/landing.ts';
import type { Files } from '../../functions/domain/ports.ts';
import type { Whereabouts } from './follow.ts';

/** Where every row of a file went: what landed is published, in quarantine or superseded, and nothing else. */
export type Balance = { landed: number; published: number; quarantined: number; superseded: number };

const nothing: Balance = { landed: 0, published: 0, quarantined: 0, superseded: 0 };

/** Rows of one file by where they are. */
export const balanceOf = ({ record }: Whereabouts): Balance => {
  const rows = record?.records ?? 0;
  switch (record?.state) {
    case 'published':
      return { ...nothing, landed: rows, published: record.rows ?? 0 };
    case 'rejected':
    case 'quarantined':
      return { ...nothing, landed: rows, quarantined: rows };
    case 'superseded':
      return { ...nothing, landed: rows, superseded: rows };
    default:
      return { ...nothing, landed: record?.state === 'ignored' ? 0 : rows };
  }
};

const add = (a: Balance, b: Balance): Balance => ({
  landed: a.landed + b.landed,
  published: a.published + b.published,
  quarantined: a.quarantined + b.quarantined,
  superseded: a.superseded + b.superseded,
});

/** The balance as a table, ignored and waiting files named with their reason. */
export const balanceLines = (whereabouts: readonly Whereabouts[]): string[] => {
  const total = whereabouts.map(balanceOf).reduce(add, nothing);
  const isEven = total.landed === total.published + total.quarantined + total.superseded;
  const shown = whereabouts.slice(0, 20);
  return [
    styleText('bold', row('rows', 'landed', 'published', 'quarantined', 'superseded')),
    ...shown.map((one) => numbers(one.file.key, balanceOf(one))),
    ...(shown.length < whereabouts.length ? [`  … and ${whereabouts.length - shown.length} more files`] : []),
    numbers('together', total),
    styleText(
      isEven ? 'green' : 'red',
      isEven ? '  nothing lost, nothing counted twice' : '  some rows are not at rest yet',
    ),
    ...whereabouts.flatMap(({ file, record, stage }) =>
      ['ignored', 'waiting', 'parked', 'landing'].includes(stage)
        ? [`  ${file.key} is ${stage}: ${record?.reason ?? 'the ledger does not know it'}`]
        : [],
    ),
  ];
};

const row = (name: string, ...cells: string[]): string =>
  `  ${name.padEnd(36)}${cells.map((cell) => cell.padStart(13)).join('')}`;

const numbers = (name: string, { landed, published, quarantined, superseded }: Balance): string =>
  row(name, ...[landed, published, quarantined, superseded].map((count) => count.toLocaleString('en-US')));

type ReportText = {
  readonly findings_total?: number;
  readonly findings?: readonly { readonly message: string }[];
  readonly failures?: readonly { readonly rule: string; readonly metric: string | null }[];
};

/** What the reports beside quarantined files say, the first findings of each. */
export const quarantineLines = async (
  files: Files,
  whereabouts: readonly Whereabouts[],
): Promise<string[]> => {
  const refused = whereabouts.filter(({ record }) => record?.state === 'quarantined').slice(0, 5);
  const lines = refused.map(async ({ file, record }) => {
    if (!record) return [];
    const at = reportKey(record);
    const report: ReportText = JSON.parse((await files.readText(at)) ?? '{}');
    const findings = (report.findings ?? []).map(({ message }) => message);
    const failures = (report.failures ?? []).map(({ rule, metric }) => `${rule} does not hold (${metric})`);
    const said = [...findings, ...failures];
    return [
      `${styleText('bold', file.name)} is in quarantine, its bytes unchanged`,
      ...said.slice(0, 4).map((text) => `  ${text}`),
      ...(said.length > 4 ? [`  … ${report.findings_total ?? said.length} findings in all`] : []),
      `  ${styleText('dim', at)}`,
    ];
  });
  return (await Promise.all(lines)).flat();
};

/** Says so when the ledger knew every file. */
export const knownLines = (whereabouts: readonly Whereabouts[]): string[] =>
  whereabouts.length > 0 && whereabouts.every(({ stage }) => stage === 'ignored')
    ? [`The ledger knows these ${whereabouts.length} files, byte for byte: nothing was run.`]
    : [];
