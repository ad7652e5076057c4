import { describe, expect, test } from 'vitest';
import type { FileReader } from '../../../../../functions/pipeline/ports.ts';
import { foundByChecks } from '../../../../../functions/pipeline/steps/rebuild/check-violations.ts';
import { partly } from '../../../partly.ts';

const line = (more: object): string =>
  JSON.stringify({
    check_name: 'totals',
    file: 'sql/checks/totals.sql',
    severity: 'error',
    subject: 'a',
    detail: 'is odd',
    found: 1,
    ...more,
  });

const found = (...texts: string[]) => {
  const keys = texts.map((_, at) => `kpis/r1/1/checks/${at}`);
  return foundByChecks(
    partly<FileReader>({
      list: async (prefix) => keys.filter((key) => key.startsWith(prefix)),
      readText: async (key) => texts[keys.indexOf(key)],
    }),
    'kpis/r1/1/',
  );
};

describe('what the checks of a rebuild found', () => {
  test('is counted as the warehouse counted, with the first rows in order, whatever file they are in', async () => {
    const subjects = ['g', 'b', 'f', 'a', 'e', 'c', 'd'];
    const lines = subjects.map((subject) => line({ subject, found: 22_692 }));
    expect(await found(lines.slice(0, 3).join('\n'), `${lines.slice(3).join('\n')}\n`)).toEqual([
      {
        check: 'totals',
        file: 'sql/checks/totals.sql',
        severity: 'error',
        rows: 22_692,
        first: ['a', 'b', 'c', 'd', 'e'].map((subject) => ({ subject, detail: 'is odd' })),
      },
    ]);
  });

  test('begins with what fails the rebuild', async () => {
    const warning = line({ check_name: 'a', severity: 'warn' });
    const checks = await found([warning, line({ check_name: 'b' })].join('\n'));
    expect(checks.map(({ check, severity }) => `${severity} ${check}`)).toEqual(['error b', 'warn a']);
  });

  test('is bounded, and a half-written line says nothing', async () => {
    const [check] = await found(`${line({ detail: 'x'.repeat(4_000), subject: null })}\n{"check_name":"to`);
    expect(check?.first).toEqual([{ subject: '', detail: `${'x'.repeat(200)}…` }]);
  });

  test('is nothing where none was unloaded', async () => {
    expect(await found()).toEqual([]);
  });
});
