import { describe, expect, it } from 'vitest';
import { callProblems, signaturesOf } from '../../../deploy/render/macro-calls.ts';
import { readSqlFiles } from '../../../deploy/sql/files.ts';

const files = await readSqlFiles(process.cwd());
const signatures = signaturesOf(files.filter(({ folder }) => folder === 'macros'));
const problemsIn = (source: string) =>
  callProblems({ path: 'sql/silver/a.sql', folder: 'silver', name: 'a', source } as never, signatures).map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );

describe('a call of a macro', () => {
  it.each([
    [
      "select 1\nfrom {{ explode('tags') }}",
      '2:9 explode lacks its argument array: the macro is explode(relation, array)',
    ],
    ["{{ element('tags', 0) }}", '1:4 element counts from 1: the macro is element(array, position)'],
    ["{{ element('tags', -1) }}", '1:4 element counts from 1: the macro is element(array, position)'],
    ["{{ element('tags', 1, 2) }}", '1:4 element has 3 arguments: the macro is element(array, position)'],
    ["{{ half_up_ratio('a', 'b', places=3) }}", /^1:4 half_up_ratio has no argument places/],
    ['{{ utc() }}', '1:4 utc lacks its argument value: the macro is utc(value)'],
    ['{% if x %}{{ utc() }}{% endif %}', /^1:14 utc lacks/],
  ])('is rejected: %s', (source, message) => {
    expect(problemsIn(source)).toEqual([
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
  });

  it.each([
    "{{ explode(source('landed', 'orders'), 'items') }}",
    "{{ half_up_ratio('sum(a, b)', 'count(distinct (x))', decimals=3) }}",
    "{{ half_up_ratio(\"it's, (\", 'b') }}",
    "{{ element('tags', 1) }} element('tags')",
    '{% set x = digits() %}',
    "{{ my.explode('tags') }} {{ 'explode(' }}",
  ])('is taken: %s', (source) => {
    expect(problemsIn(source)).toEqual([]);
  });

  it('is right in every file of this project', () => {
    for (const file of files.filter(({ folder }) => folder !== 'macros'))
      expect(callProblems(file, signatures)).toEqual([]);
  });
});
