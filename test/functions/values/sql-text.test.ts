import { expect, it } from 'vitest';
import { identifier, literal } from '../../../functions/values/sql-text.ts';

it('doubles the quotes of names and texts and keeps all else', () => {
  expect(identifier('a "b" \'c\'\\')).toBe('"a ""b"" \'c\'\\"');
  expect(literal('it\'s "one" \\ \n')).toBe("'it''s \"one\" \\ \n'");
});
