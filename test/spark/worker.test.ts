import { expect, test } from 'vitest';
import { describeSpark } from './spark.ts';

describeSpark('a warm session', (spark) => {
  test('answers statements under the settings of a job', async () => {
    const [numbers, broken] = await spark().sql(
      `select 1 as one, "two" as two, cast('2024-06-25 10:00:00.123456' as timestamp) as seen from (select 2 as "two")`,
      'select nothing',
    );
    expect(numbers).toEqual({
      types: { one: 'int', two: 'int', seen: 'timestamp_ntz' },
      rows: [{ one: 1, two: 2, seen: '2024-06-25 10:00:00.123456' }],
    });
    expect(broken).toEqual({ error: expect.stringContaining('UNRESOLVED_COLUMN') });
  });
});
