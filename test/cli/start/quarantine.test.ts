import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { quarantineLines } from '../../../cli/start/quarantine.ts';
import { reportKey } from '../../../functions/pipeline/lake-keys.ts';
import { fileRecord, whereabouts } from '../whereabouts.ts';

const record = fileRecord('quarantined');
const rejected = whereabouts('quarantined', record);
const said = async (report: object, files = [rejected]): Promise<string> => {
  const readText = async (key: string) => (key === reportKey(record) ? JSON.stringify(report) : undefined);
  return stripVTControlCharacters((await quarantineLines({ readText }, files)).join('\n'));
};

describe('what is said of quarantine', () => {
  test('is the first violations of a report, their number and where it lies', async () => {
    const violations = [1, 2, 3, 4, 5].map((line) => ({ message: `line ${line}: wrong` }));
    const text = await said({ violations, violations_total: 2_000 });
    expect(text).toContain('data/streams/streams1.csv is in quarantine');
    expect(text).toContain('line 4: wrong');
    expect(text).not.toContain('line 5: wrong');
    expect(text).toContain('2,000 violations in all');
    expect(text).toContain(reportKey(record));
  });

  test('is the rules that do not hold', async () => {
    expect(await said({ violations: [{ rule: 'RowCount > 0', metric: '0' }] })).toContain(
      'RowCount > 0 does not hold: 0',
    );
  });

  test('is nothing when no file was rejected, and no more than five files otherwise', async () => {
    expect(await said({}, [whereabouts('in KPIs', fileRecord('published'))])).toBe('');
    expect(
      await said(
        {},
        Array.from({ length: 7 }, () => rejected),
      ),
    ).toContain('and 2 more files in quarantine');
  });

  test('is how many rows of a published file were quarantined, where they lie, and what to do', async () => {
    const record = fileRecord('published', { quarantined_rows: 2, records: 10_000 });
    const readText = async () => JSON.stringify({ violations: [{ message: 'line 3: wrong' }] });
    const lines = await quarantineLines({ readText }, [whereabouts('in KPIs', record)]);
    expect(lines.map(stripVTControlCharacters)).toEqual([
      'data/streams/streams1.csv: 9,998 rows published, 2 quarantined',
      '  line 3: wrong',
      '  report: data/quarantine/streams/streams1.csv@v1.report.json',
      '  quarantined rows: data/quarantine/streams/streams1.csv@v1.rows.csv',
      '  get them with npx soundcheck runs streams --file streams1.csv --rows ., correct them, put them into data/streams/',
    ]);
  });
});
