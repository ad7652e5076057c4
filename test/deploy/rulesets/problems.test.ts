import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../../deploy/render/render.ts';
import { rulesetProblems } from '../../../deploy/rulesets/problems.ts';
import { loadParser } from '../../../deploy/sql/tree.ts';
import { RULE_TYPES } from '../../../functions/quality/rule-types.ts';
import { COLUMNS } from '../../functions/quality/ruleset-bench.ts';
import { copyProject } from '../project.ts';

const tables = [
  { dataset: 'people', columns: COLUMNS },
  { dataset: 'users', columns: [{ name: 'user_id', type: 'bigint' }] },
];
const problemsIn = (rule: string): string[] =>
  rulesetProblems({ dataset: 'people', manifest: '{}', ruleset: `Rules = [\n  ${rule}\n]` }, tables).map(
    ({ file, line, column, message }) => `${file}:${line}:${column} ${message}`,
  );

/** What the language has and we do not compile. */
const UNSUPPORTED = [
  ...['RowCountMatch', 'ColumnCorrelation', 'DatasetMatch', 'SchemaMatch', 'AggregateMatch'],
  ...['DetectAnomalies', 'AllStatistics', 'FileMatch', 'FileUniqueness', 'FileFreshness', 'FileSize'],
];

beforeAll(loadParser);

describe('a rule type that is not supported', () => {
  it.each(UNSUPPORTED)('is rejected where it stands: %s', (type) => {
    expect(Object.keys(RULE_TYPES)).not.toContain(type);
    const known = Object.keys(RULE_TYPES).join(', ');
    expect(problemsIn(`${type} "id" > 1`)).toEqual([
      `rules/people/quality.dqdl:2:3 unknown rule type "${type}"; known are ${known}`,
    ]);
  });

  it('stops packaging', async () => {
    const root = await copyProject({
      'rules/tracks/quality.dqdl': 'Rules = [\n  RowCount > 0,\n  DetectAnomalies "RowCount"\n]\n',
    });
    await expect(renderCatalog(root, 'redshift')).rejects.toThrow(
      /rules\/tracks\/quality\.dqdl:3:3 unknown rule type "DetectAnomalies"/,
    );
    await rm(root, { recursive: true, force: true });
  });
});

describe('the SQL that a rule carries', () => {
  it.each([
    ['IsComplete "id" where "id > > 1"', '2:25 where: syntax error at or near ">"'],
    ['RowCount > 1 where "id >"', '2:22 where: syntax error at or near ")"'],
    [
      '(RowCount > 1) or (IsUnique "id" where "case when id then 1")',
      '2:42 where: syntax error at or near ")"',
    ],
    ['CustomSql "select count(* from primary)" > 1', '2:13 CustomSql: syntax error at or near "from"'],
    ['CustomSql "select count(*) from" > 1', '2:13 CustomSql: syntax error at or near ")"'],
    [
      'CustomSql "select max(ids) from primary" > 1',
      '2:13 CustomSql: people has no column "ids"; did you mean "id"?',
    ],
    [
      'CustomSql "select p.ids from primary as p"',
      '2:13 CustomSql: people has no column "ids"; did you mean "id"?',
    ],
    [
      'CustomSql "select count(*) from staged" > 1',
      '2:13 CustomSql: it reads staged; the rows of the file are "primary"',
    ],
    [
      'ReferentialIntegrity "id" "nobody.id"',
      '2:29 there is no silver table nobody; the silver tables are people, users',
    ],
    ['ReferentialIntegrity "id" "users.id"', '2:29 users has no column "id"; it has user_id'],
    ['ReferentialIntegrity "id,name" "users.{user_id,x}"', '2:34 users has no column "x"; it has user_id'],
  ])('is rejected: %s', (rule, problem) => {
    expect(problemsIn(rule)).toEqual([`rules/people/quality.dqdl:${problem}`]);
  });

  it.each([
    'ReferentialIntegrity "id" "users.user_id" >= 0.5',
    'IsComplete "id" where "case when price > 0.5 then liked else born < date \'2024-01-01\' end"',
    'CustomSql "with a as (select ID as own, count(*) as copies from PRIMARY group by id) select max(a.copies) from a where own > 1" = 1',
    'CustomSql "select p.* from primary as p join (select max(id) as top from primary) as t on p.id = t.top"',
  ])('passes: %s', (rule) => expect(problemsIn(rule)).toEqual([]));

  it('is checked in the rulesets of the project', async () => {
    const root = await copyProject({
      'rules/tracks/quality.dqdl': 'Rules = [ ReferentialIntegrity "track_id" "streams.nothing" ]',
    });
    await expect(renderCatalog(root, 'duckdb')).rejects.toThrow(
      /rules\/tracks\/quality\.dqdl:1:43 streams has no column "nothing"; it has user_id/,
    );
    await rm(root, { recursive: true, force: true });
  });
});
