import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRuleset } from '../../../functions/quality/parse.ts';
import { RULE_TYPES } from '../../../functions/quality/rule-types.ts';
import { RulesetError } from '../../../functions/quality/ruleset-error.ts';

const problemIn = (source: string): string => {
  try {
    parseRuleset(source);
  } catch (error) {
    if (error instanceof RulesetError) return `${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  return 'no problem';
};

describe('parseRuleset', () => {
  it('keeps the text of each rule as written', () => {
    const source = 'Rules = [ # all of them\n  IsComplete   "a",\n  (RowCount > 1) and (IsUnique "b")\n]\n';
    expect(parseRuleset(source).map(({ text }) => text)).toEqual([
      'IsComplete   "a"',
      '(RowCount > 1) and (IsUnique "b")',
    ]);
  });

  it('parses a rule with every clause', () => {
    const [entry] = parseRuleset(
      'Rules = [ ColumnValues "a" not in [ -1.50, NULL ] where "b = \\"x\\"" with threshold between 0.1 and 0.2 ]',
    );
    expect(entry?.rule).toMatchObject({
      type: 'ColumnValues',
      parameters: [{ text: 'a', at: { line: 1, column: 24 } }],
      condition: {
        kind: 'in',
        negated: true,
        values: [
          { kind: 'number', digits: '-1.50' },
          { kind: 'keyword', keyword: 'NULL' },
        ],
      },
      where: { text: 'b = "x"' },
      threshold: { kind: 'between', low: { digits: '0.1' }, high: { digits: '0.2' } },
    });
  });

  it('binds and tighter than or, and parentheses tighter than both', () => {
    const shape = (rule: unknown): unknown => {
      const { kind, parts, type } = rule as { kind: string; parts?: unknown[]; type?: string };
      return parts ? [kind, ...parts.map(shape)] : type;
    };
    const shapeOf = (rule: string) => shape(parseRuleset(`Rules = [ ${rule} ]`)[0]?.rule);
    const [a, b, c] = ['(RowCount > 1)', '(ColumnCount > 1)', '(IsUnique "x")'];
    expect(shapeOf(`${a} or ${b} and ${c}`)).toEqual(['or', 'RowCount', ['and', 'ColumnCount', 'IsUnique']]);
    expect(shapeOf(`(${a} or ${b}) AND ${c}`)).toEqual([
      'and',
      ['or', 'RowCount', 'ColumnCount'],
      'IsUnique',
    ]);
    expect(shapeOf('ColumnValues "x" between 1 and 2 and IsUnique "y"')).toEqual([
      'and',
      'ColumnValues',
      'IsUnique',
    ]);
  });

  it('takes columns bare, after of, and joined by and', () => {
    const [entry] = parseRuleset('Rules = [ IsPrimaryKey of "a" and "b" c ]');
    expect(entry?.rule).toMatchObject({ parameters: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] });
  });

  it('takes no rules at all', () => expect(parseRuleset('# none yet\nRules = [ ]')).toEqual([]));

  it('takes 2,000 rules and not one more', () => {
    const rulesetOf = (count: number) => `Rules = [\n${Array(count).fill('RowCount > 0').join(',\n')}\n]`;
    expect(parseRuleset(rulesetOf(2000))).toHaveLength(2000);
    expect(problemIn(rulesetOf(2001))).toBe('2002:1 a ruleset has at most 2000 rules');
  });

  it('parses every ruleset in rules/', () => {
    for (const dataset of ['streams', 'tracks', 'listeners'])
      expect(parseRuleset(readFileSync(`rules/${dataset}/quality.dqdl`, 'utf8')).length).toBeGreaterThan(3);
  });

  it.each([
    ['', '1:1 expected "Rules" (a ruleset is Rules = [ rule, … ]), found the end'],
    ['rules = []', '1:1 expected "Rules" (a ruleset is Rules = [ rule, … ]), found "rules"'],
    ['Rules = [\r\n]', '1:10 lines end with CRLF (or hold a CR); a ruleset has LF line ends'],
    ['Rules = [\n  IsComplete "a" IsUnique "b"\n]', '2:18 IsComplete takes at most 1'],
    ['Rules = [ RowCount > 1 RowCount > 2 ]', '1:24 expected "]" or ",", found "RowCount"'],
    ['Rules = [ IsComplete "a", ]', '1:27 expected a rule, found "]"'],
    ['Rules = [ IsComplete ]', '1:22 expected a quoted parameter: IsComplete takes 1, found "]"'],
    ['Rules = [ IsComplete "a" > 1 ]', '1:26 IsComplete must have no condition'],
    [
      'Rules = [ ColumnValues "a" ]',
      '1:28 expected a condition after ColumnValues and its column, found "]"',
    ],
    ['Rules = [ RowCount "a" > 1 ]', '1:20 RowCount takes no parameter'],
    ['Rules = [ RowCount > "1" ]', '1:22 expected a number after RowCount'],
    ['Rules = [ RowCount matches "1" ]', '1:20 RowCount does not take matches'],
    ['Rules = [ DataFreshness "a" > 3 ]', '1:31 expected a duration after DataFreshness'],
    ['Rules = [ ColumnDataType "a" > "Integer" ]', '1:30 ColumnDataType takes =, !=, in or not in'],
    ['Rules = [ ColumnCount > 1 where "a = 1" ]', '1:33 ColumnCount must have no where'],
    ['Rules = [ IsComplete "a" with threshold > 1 ]', '1:41 IsComplete must have no threshold'],
    [
      'Rules = [ ColumnValues "a" > 1 with format = "x" ]',
      '1:37 expected "threshold" (the only tag that is supported), found "format"',
    ],
    [
      'Rules = [ ColumnValues "a" > 1 with threshold ]',
      '1:47 expected a condition on the share of rows, found "]"',
    ],
    ['Rules = [ ColumnValues "a" between 1, 2 ]', '1:37 expected "and" between the bounds, found ","'],
    ['Rules = [ ColumnValues "a" in [1 2] ]', '1:34 expected "]" or ",", found "2"'],
    [
      'Rules = [ ColumnValues "a" not > 1 ]',
      '1:32 expected a condition (=, !=, <, <=, >, >=, between, in, matches, not …), found ">"',
    ],
    ['Rules = [ ColumnValues "a" matches b ]', '1:36 expected a quoted pattern, found "b"'],
    [
      'Rules = [ RowCount > avg(last(10)) ]',
      '1:22 avg(…) is a dynamic rule, which compares with earlier runs and is not supported',
    ],
    ['Rules = [ RowCount > 1 + 1 ]', '1:24 expected the end of the number: write it worked out, found "+"'],
    ['Rules = [ RowCount > 1;\n ]', '1:23 unexpected character ";"'],
    ['Rules = [ IsComplete "a ]', '1:22 a quoted text is not closed'],
    ['Rules = [ (RowCount > 1 ]', '1:25 expected ")", "and" or "or", found "]"'],
    ['Rules = [ RowCount > 1 ] Analyzers = [ ]', '1:26 expected nothing after the rules, found "Analyzers"'],
    [
      'Rules = [ RowCount > 1 labels = ["a"="b"] ]',
      '1:24 expected no labels, which are not supported, found "labels"',
    ],
    [
      'Rules = [ DataFreshness "a" < 1.5 days ]',
      '1:31 expected a whole number of at most 7 digits before the unit, found "1.5"',
    ],
  ])('says what is wrong in %j', (source, problem) => expect(problemIn(source)).toBe(problem));

  it('names an unknown rule type and the known ones', () => {
    expect(problemIn('Rules = [\n  IsComplete "a",\n  FileSize > 2 MB\n]')).toBe(
      `3:3 unknown rule type "FileSize"; known are ${Object.keys(RULE_TYPES).join(', ')}`,
    );
  });

  it('rejects more than 65 KB and nesting without end', () => {
    expect(problemIn(`# ${'x'.repeat(65_536)}\nRules = []`)).toContain('65536 are allowed');
    expect(problemIn(`Rules = [ ${'('.repeat(60)}RowCount > 1${')'.repeat(60)} ]`)).toContain(
      'at most 50 deep',
    );
  });
});
