import { expect, test } from 'vitest';
import { compact } from '../../../../functions/warehouse/rebuild/compact.ts';

test('takes comments and margins away, and nothing of a text', () => {
  const statement = `-- it's a comment
select 'a -- b
   c', 'it''s', -- 'more'
    x

  from t -- the end`;
  expect(compact(statement)).toBe(`\nselect 'a -- b\n   c', 'it''s', \nx\nfrom t `);
});
