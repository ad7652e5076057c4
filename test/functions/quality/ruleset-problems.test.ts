import { describe, expect, it } from 'vitest';
import { compileProblems } from '../../../functions/quality/compile.ts';
import { RulesetError } from '../../../functions/quality/ruleset-error.ts';
import { COLUMNS } from './ruleset-bench.ts';

const problemIn = (rule: string): string => {
  try {
    const [problem] = compileProblems(`Rules = [\n${rule}\n]`, { dataset: 'people', columns: COLUMNS });
    if (problem) throw problem;
  } catch (error) {
    if (error instanceof RulesetError) return `${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  return 'no problem';
};

const HAS =
  'it has id, name, price, score, liked, born, seen, landed_file, landed_version, landed_at, batch_id';

describe('a ruleset that does not fit its table', () => {
  it.each([
    ['IsComplete "nmae"', '2:12 people has no column "nmae"; did you mean "name"?'],
    ['IsComplete "ID"', '2:12 people has no column "ID"; did you mean "id"?'],
    ['IsUnique "id" "x\\" or true --"', `2:15 people has no column "x" or true --"; ${HAS}`],
    ['ColumnValues "name" > 1', '2:23 "name" holds text values: expected a quoted text'],
    ['ColumnValues "id" = "1"', '2:21 "id" holds integer values: expected a number'],
    ['ColumnValues "liked" = "yes"', '2:24 "liked" holds boolean values: expected "true" or "false"'],
    [
      'ColumnValues "born" > "2024-02-30"',
      '2:23 "born" holds date values: expected a date as "2024-01-31" or now()',
    ],
    [
      'ColumnValues "seen" > 3 days',
      '2:23 "seen" holds timestamp values: expected a date as "2024-01-31" or now()',
    ],
    ['ColumnValues "id" > NULL', '2:21 "id" holds integer values: expected a number'],
    ['ColumnValues "id" = EMPTY', '2:21 EMPTY applies to texts, but "id" holds none'],
    [
      'ColumnValues "score" matches "1"',
      '2:22 "score" has no text that is the same on every engine: matches does not fit',
    ],
    ['ColumnLength "price" > 1', '2:1 ColumnLength applies to texts, but "price" holds none'],
    [
      'DataFreshness "name" > 1 days',
      '2:1 DataFreshness applies to dates and timestamps, but "name" holds none',
    ],
    ['Mean "name" > 1', '2:1 Mean applies to numbers, but "name" holds none'],
    [
      'ColumnDataType "name" = "Money"',
      '2:25 unknown data type "Money"; known are Boolean, Date, Timestamp, Integer, Long, Float, Double',
    ],
    ['ReferentialIntegrity "id" "users"', '2:27 expected "dataset.column" or "dataset.{column,column}"'],
    ['ReferentialIntegrity "id" "users.{a,b}"', '2:27 1 columns cannot refer to 2'],
    [
      'ReferentialIntegrity "id" "users.a\\" --"',
      '2:27 expected "dataset.column" or "dataset.{column,column}"',
    ],
    ['CustomSql "delete from primary"', '2:11 CustomSql: it must be one select'],
    ['CustomSql "select 1; drop table x"', '2:11 CustomSql: it must be one statement, without ";"'],
    ['CustomSql "select 1 -- of them"', '2:11 CustomSql: it must not contain a comment'],
    ['CustomSql "select 1 /* of them */"', '2:11 CustomSql: it must not contain a comment'],
    ['CustomSql "select 1) as x, (select 2"', '2:11 CustomSql: its parentheses do not match'],
    ['CustomSql " "', '2:11 CustomSql: it is empty'],
    ['IsComplete "id" where "nmae = 1"', '2:23 where: people has no column "nmae"'],
    ['IsComplete "id" where "id = 1) or (1 = 1"', '2:23 where: its parentheses do not match'],
    ['IsComplete "id" where "id in (select 1)"', '2:23 where: people has no column "select"'],
    [
      'IsComplete "id" where "id > random()"',
      '2:23 where: random(…) is not a function that may be used here',
    ],
    ['IsComplete "id" where "people.id > 1"', '2:23 where: people has no column "people"'],
    ['IsComplete "id" where "`id`.x > 1"', '2:23 where: name a column without its table'],
    [
      'IsComplete "id" where "name = \\"a\\""',
      '2:23 where: write an identifier bare or in `backticks`, a text in single quotes',
    ],
    ['IsComplete "id" where "name = \'a"', '2:23 where: a text is not closed'],
    ['IsComplete "id" where "id > 1 @ 2"', '2:23 where: unexpected character "@"'],
  ])('is rejected: %s', (rule, problem) => expect(problemIn(rule)).toBe(problem));

  it('is rejected for a pattern that needs more than linear time', () => {
    expect(problemIn('ColumnValues "name" matches "(?=a)"')).toMatch(/^2:21 the pattern does not compile: /);
    expect(problemIn('ColumnNamesMatchPattern "("')).toMatch(/^2:25 the pattern does not compile: /);
  });

  it('may hold a semicolon, a comment or a quote inside a text', () => {
    expect(problemIn(`IsComplete "id" where "name <> ';--/*it''s' and \`price\` > 0"`)).toBe('no problem');
    expect(problemIn(`CustomSql "select count(*) from primary where name = '; --'" > 0`)).toBe('no problem');
  });
});
