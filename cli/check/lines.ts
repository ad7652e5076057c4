import { styleText } from 'node:util';
import { count, grouped } from '../output/count.ts';
import type { CheckedFile } from './file.ts';

const violationsShown = 20;

type Validated = Exclude<CheckedFile, { verdict: 'ignored' | 'not validated' }>;

/** What `check` says of one file to people: the verdict, what is wrong and where, and what to do next. */
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

const verdict = ({ verdict, records, quarantined_rows: aside = 0, violations_total }: Validated): string => {
  const rows = count(records, 'row');
  if (verdict === 'rejected')
    return `${styleText('red', 'rejected')}, ${count(violations_total, 'violation')} in ${rows}`;
  if (aside === 0) return `${styleText('green', 'clean')}, ${rows}`;
  const good = count(records - aside, 'valid row');
  return `${styleText('yellow', 'accepted')}, ${good}, ${grouped(aside)} to be quarantined`;
};

const violationLines = ({ violations, violations_total: total, counts }: Validated): string[] => {
  const shown = violations.slice(0, violationsShown).map(({ message }) => `  ${message}`);
  if (total <= shown.length) return shown;
  const perRule = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, violationsShown)
    .map(([rule, found]) => `    ${grouped(found).padStart(12)}  ${rule}`);
  return [...shown, `  … ${count(total, 'violation')} in all, by rule and column:`, ...perRule];
};

const nextLines = (checked: Validated, rowsFolder: string | undefined): string[] => {
  const { verdict, written, manifest_path, quarantined_rows: aside = 0 } = checked;
  const say = (text: string): string[] => [`  ${styleText('dim', text)}`];
  if (written)
    return [
      ...say(`valid rows: ${written.good}, rows quarantined: ${written.set_aside}`),
      ...(written.note === undefined ? [] : say(written.note)),
    ];
  if (aside > 0 && rowsFolder === undefined)
    return say('--rows FOLDER writes the valid rows and those quarantined, each with what is wrong');
  if (verdict === 'accepted') return [];
  return say(`nothing of it would be published: repair the file, or change ${manifest_path}`);
};
