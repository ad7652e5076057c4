import { expect, test } from 'vitest';
import { brokenRule, readReport, violationLines } from '../../../cli/output/report-lines.ts';

const broken = (rule: string, metric: string | null, validated?: number): string =>
  brokenRule({ rule, metric, examples: [] }, validated).replace(`${rule} does not hold: `, '');

test.each([
  ['IsComplete "note"', '0.666666667', 3, '2 of 3 rows'],
  ['ColumnValues "price" < 2 with threshold > 0.99', '0.5', 2_000, '1,000 of 2,000 rows'],
  ['ReferentialIntegrity "account" "accounts.account_id"', '0', 1, '0 of 1 row'],
])('says how many rows meet %s', (rule, metric, validated, said) => {
  expect(broken(rule, metric, validated)).toBe(said);
});

test.each([
  ['a figure', 'Mean "price" > 0', '0.5', 2],
  ['a number of rows', 'RowCount > 20', '10', 10],
  ['a share of keys', 'Uniqueness "note" > 0.9', '0.5', 2],
  ['a share of some rows', 'IsComplete "note" where "price > 1"', '0.5', 2],
  ['rules together', '(IsComplete "note") or (RowCount > 10)', '0.5 or 2', 2],
  ['a share of more rows than the file has', 'IsComplete "note"', '0.666666667', 2],
  ['a share of an unknown number of rows', 'IsComplete "note"', '0.5', undefined],
])('shows the metric where it is %s', (_, rule, metric, validated) => {
  expect(broken(rule, metric, validated)).toBe(metric);
});

test('says so where there is none', () => {
  expect(broken('Mean "price" > 0', null, 3)).toBe('no metric');
});

test('counts the rows that the rule has validated, not those that were quarantined before', () => {
  const violations = [{ rule: 'IsComplete "note"', metric: '0.666666667', examples: [] }];
  const report = { file: '', version: '', dataset: '', verdict: 'rejected', validated_at: '' };
  expect(violationLines({ ...report, records: 5, quarantined_rows: 2, violations })).toEqual([
    '  IsComplete "note" does not hold: 2 of 3 rows',
  ]);
});

test('reads reports of an older version', () => {
  const about = { file: 'data/plays/a.csv', version: 'v1', dataset: 'plays', verdict: 'rejected' };
  const finding = { rule: 'type', message: 'line 2: no' };
  const ofManifest = { ...about, judged_at: 'then', findings_total: 2, findings: [finding] };
  expect(readReport(JSON.stringify(ofManifest))).toEqual({
    ...{ ...about, validated_at: 'then', violations_total: 2 },
    violations: [finding],
  });
  const broken = { rule: 'RowCount > 20', metric: '10', examples: [] };
  const ofRules = readReport(JSON.stringify({ ...about, judged_at: 'then', failures: [broken] }));
  expect(violationLines(ofRules)).toEqual(['  RowCount > 20 does not hold: 10']);
});
