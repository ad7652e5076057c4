import { expect, test } from 'vitest';
import { parseUnload } from '../../../../local/cloud/redshift-data/unload.ts';

test('recognises a copy to S3 with whatever select, after comments', () => {
  const sql =
    "-- days\n/* x */ COPY (\nselect ')' as a, (1) as b -- )\n) TO 's3://lake/kpis/r1/a1/days/' (FORMAT json);";
  expect(parseUnload(sql)).toEqual({
    select: "\nselect ')' as a, (1) as b -- )\n",
    bucket: 'lake',
    key: 'kpis/r1/a1/days/0000_part_00.json',
  });
});

test.each([
  'select 1',
  "copy (select 1) to '/tmp/x' (format json)",
  "copy (select 1) to 's3://lake/x/' (format csv)",
  "insert into t select 'copy (select 1) to ''s3://lake/x/'' (format json)'",
])('takes nothing else for one: %s', (sql) => {
  expect(parseUnload(sql)).toBeUndefined();
});

test('takes no time for blanks without an end', () => {
  const begun = performance.now();
  expect(parseUnload(`copy (x) to 's3://a/b' (format json)${' '.repeat(100_000)}x`)).toBeUndefined();
  expect(performance.now() - begun).toBeLessThan(1_000);
});
