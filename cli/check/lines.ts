import { styleText } from 'node:util';
import { count } from '../output/count.ts';
import type { CheckedFile } from './file.ts';

const findingsShown = 20;

type Judged = Exclude<CheckedFile, { verdict: 'ignored' | 'not judged' }>;

/** What `check` says of one file to people: the verdict, what is wrong and where, and what to do next. */
export const checkedLines = (checked: CheckedFile, rowsFolder?: string): string[] => {
  const name = styleText('bold', checked.path);
  switch (checked.verdict) {
    case 'not judged':
      return [
        `${name}: ${styleText('red', 'could not be judged')}`,
        ...checked.problems.map((problem) => `  ${problem}`),
      ];
    case 'ignored':
      return [`${name}: ${styleText('yellow', 'ignored')}, ${checked.reason}`];
    default:
      return [
        `${name}: ${verdict(checked)}`,
        ...checked.drift.map((change) => `  ${change}`),
        ...findingLines(checked),
        ...nextLines(checked, rowsFolder),
      ];
  }
};

const verdict = ({ verdict, records, quarantined_rows: aside = 0, findings_total }: Judged): string => {
  const rows = count(records, 'row');
  if (verdict === 'rejected')
    return `${styleText('red', 'refused')}, ${count(findings_total, 'finding')} in ${rows}`;
  if (aside === 0) return `${styleText('green', 'clean')}, ${rows}`;
  const good = count(records - aside, 'good row');
  return `${styleText('yellow', 'accepted')}, ${good}, ${aside.toLocaleString('en-US')} to be set aside`;
};

const findingLines = ({ findings, findings_total: total, counts }: Judged): string[] => {
  const shown = findings.slice(0, findingsShown).map(({ message }) => `  ${message}`);
  if (total <= shown.length) return shown;
  const perRule = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, findingsShown)
    .map(([rule, found]) => `    ${found.toLocaleString('en-US').padStart(12)}  ${rule}`);
  return [...shown, `  … ${count(total, 'finding')} in all, by rule and column:`, ...perRule];
};

const nextLines = (checked: Judged, rowsFolder: string | undefined): string[] => {
  const { verdict, written, manifest_path, quarantined_rows: aside = 0 } = checked;
  const say = (text: string): string[] => [`  ${styleText('dim', text)}`];
  if (written)
    return [
      ...say(`good rows: ${written.good}, rows set aside: ${written.set_aside}`),
      ...(written.note === undefined ? [] : say(written.note)),
    ];
  if (aside > 0 && rowsFolder === undefined)
    return say('--rows FOLDER writes the good rows and those set aside, each with what is wrong');
  if (verdict === 'accepted') return [];
  return say(`nothing of it would be published: mend the file, or change ${manifest_path}`);
};
