import { styleText } from 'node:util';
import { count, grouped } from '../output/count.ts';
import type { CheckedFile } from './file.ts';

const violationsShown = 20;

type Validated = Exclude<CheckedFile, { verdict: 'ignored' | 'not validated' }>;

/** The result of `check` for one file as text: the verdict, the violations, and what to do next. */
export const checkedLines = (checked: CheckedFile, rowsFolder?: string): string[] => {
  const name = styleText('bold', checked.path);
  switch (checked.verdict) {
    case 'not validated':
      return [
        `${name}: ${styleText('red', 'could not be validated')}`,
        ...checked.problems.map((problem) => `  ${problem}`),
      ];
    case 'ignored':
      return [`${name}: ${styleText('yellow', 'ignored')}, ${checked.reason}`];
    default:
      return [
        `${name}: ${verdict(checked)}`,
        ...checked.drift.map((change) => `  ${change}`),
        ...violationLines(checked),
        ...nextLines(checked, rowsFolder),
      ];
  }
};

const verdict = ({
  verdict,
  records,
  quarantined_rows: quarantined = 0,
  violations_total,
}: Validated): string => {
  const rows = count(records, 'row');
  if (verdict === 'rejected')
    return `${styleText('red', 'rejected')}, ${count(violations_total, 'violation')} in ${rows}`;
  if (quarantined === 0) return `${styleText('green', 'clean')}, ${rows}`;
  const accepted = count(records - quarantined, 'accepted row');
  return `${styleText('yellow', 'accepted')}, ${accepted}, ${grouped(quarantined)} to be quarantined`;
};

const violationLines = ({ violations, violations_total: total, counts }: Validated): string[] => {
  const shown = violations.slice(0, violationsShown).map(({ message }) => `  ${message}`);
  if (total <= shown.length) return shown;
  const perRule = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, violationsShown)
    .map(([rule, found]) => `    ${grouped(found).padStart(12)}  ${rule}`);
  return [...shown, `  … ${count(total, 'violation')} in total, by rule and column:`, ...perRule];
};

const nextLines = (checked: Validated, rowsFolder: string | undefined): string[] => {
  const { verdict, written, manifest_path, quarantined_rows: quarantined = 0 } = checked;
  const say = (text: string): string[] => [`  ${styleText('dim', text)}`];
  if (written)
    return [
      ...say(`accepted rows: ${written.accepted}, quarantined rows: ${written.quarantined}`),
      ...(written.note === undefined ? [] : say(written.note)),
    ];
  if (quarantined > 0 && rowsFolder === undefined)
    return say('--rows FOLDER writes the accepted rows, and the quarantined rows with their violations');
  if (verdict === 'accepted') return [];
  return say(`none of its rows would be published: correct the file, or change ${manifest_path}`);
};
