import { expect, test } from 'vitest';
import { renderReport } from '../../../functions/validation/report.ts';

test('lists violations in the order of their lines, those of the whole file first', () => {
  const violations = [5, 2, undefined, 2].map((line, at) => ({
    rule: 'type',
    message: `violation ${at}`,
    ...(line !== undefined && { line }),
  }));
  const report = renderReport({
    file: { key: 'data/plays/a.csv', version: 'v', dataset: 'plays' },
    manifest: { version: '1.0' },
    manifest_sha256: '',
    validation: { verdict: 'rejected', records: 5, total: 4, counts: {}, violations },
    validated_at: '',
  });
  expect(report.violations.map(({ message }) => message)).toEqual(
    [2, 1, 3, 0].map((at) => `violation ${at}`),
  );
});
