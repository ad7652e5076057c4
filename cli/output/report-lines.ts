import { styleText } from 'node:util';
import type { RuleViolation } from '../../functions/quality/index.ts';
import { oneLine } from './answer.ts';
import { count, grouped } from './count.ts';

/** A report on a file in quarantine: on the validation against the manifest, or on quality rules. */
export type FileReport = {
  readonly file: string;
  readonly version: string;
  readonly dataset: string;
  readonly verdict: string;
  /** Set if it is the report on a reprocess that left the published rows unchanged. */
  readonly reprocess?: boolean;
  readonly validated_at: string;
  readonly records?: number;
  readonly quarantined_rows?: number;
  readonly violations_total?: number;
  readonly counts?: Readonly<Record<string, number>>;
  readonly violations?: readonly ({ readonly message: string } | RuleViolation)[];
};

/** Reads a report; one that an older version wrote has other names. */
export const readReport = (text: string): FileReport => {
  const { judged_at, findings_total, findings, failures, ...report } = JSON.parse(text);
  return {
    validated_at: judged_at,
    violations_total: findings_total,
    violations: findings ?? failures,
    ...report,
  };
};

/** The violations of a file, one line each; only the first `shown` if given. */
export const violationLines = (report: FileReport, shown = Number.POSITIVE_INFINITY): string[] => {
  const { violations = [], records, quarantined_rows = 0 } = report;
  const validated = records === undefined ? undefined : records - quarantined_rows;
  const said = violations.map((one) => ('message' in one ? one.message : brokenRule(one, validated)));
  const total = report.violations_total ?? said.length;
  const left = total - Math.min(shown, said.length);
  return [...said.slice(0, shown).map((text) => `  ${text}`), ...(left > 0 ? [leftLine(report, total)] : [])];
};

const leftLine = ({ violations = [] }: FileReport, total: number): string =>
  `  … ${count(total, 'violation')} in all${total > violations.length ? `, of which the report keeps the first ${violations.length}` : ''}`;

/** A rule that a file broke, with the number of rows that meet it, or with its metric if that is not a share of all rows. */
export const brokenRule = ({ rule, metric }: RuleViolation, validated?: number): string => {
  const right = validated === undefined || metric === null ? undefined : rightRows(rule, metric, validated);
  const said =
    right === undefined || validated === undefined
      ? metric
      : `${grouped(right)} of ${count(validated, 'row')}`;
  return `${rule} does not hold: ${said ?? 'no metric'}`;
};

/** Rules whose metric is the share of all rows that are right; a `where` excludes rows. */
const ofAllRows =
  /^(?:IsComplete|Completeness|ColumnValues|ColumnDataType|DataFreshness|ReferentialIntegrity) (?!.*\bwhere\b)/;

/** A share has nine decimals; undefined if there is no metric. */
const rightRows = (rule: string, metric: string, validated: number): number | undefined => {
  const right = Number(metric) * validated;
  const isShare = ofAllRows.test(rule) && Math.abs(right - Math.round(right)) <= validated * 1e-9 + 1e-9;
  return isShare ? Math.round(right) : undefined;
};

/** A whole report as text. */
export const reportLines = (report: FileReport): string[] => {
  const {
    file,
    version,
    verdict,
    validated_at,
    records,
    quarantined_rows: quarantined = 0,
    reprocess,
  } = report;
  const rows = records === undefined ? '' : `, ${count(records, 'row')}`;
  const split = quarantined > 0 ? `, ${grouped(quarantined)} of them quarantined` : '';
  return [
    `${styleText('bold', file)}  version ${version}`,
    `  ${verdict} at ${validated_at}${rows}${split}`,
    ...(reprocess ? ['  of a reprocess; the earlier rows stay published'] : []),
    ...violationLines(report),
    ...countLines(report),
    ...exampleLines(report),
  ].map(oneLine);
};

const countLines = ({ counts = {} }: FileReport): string[] => {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (entries.length < 2) return [];
  return [
    '  by rule and column:',
    ...entries.map(([rule, found]) => `  ${grouped(found).padStart(12)}  ${rule}`),
  ];
};

const exampleLines = ({ violations = [] }: FileReport): string[] =>
  violations.flatMap((one) =>
    'message' in one || one.examples.length === 0
      ? []
      : [`  rows that break ${one.rule}:`, ...one.examples.map((row) => `    ${rowText(row)}`)],
  );

const rowText = (row: Readonly<Record<string, string | null>>): string =>
  Object.entries(row)
    .map(([column, value]) => `${column}=${value ?? 'NULL'}`)
    .join('  ');
