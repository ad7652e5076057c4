import { test } from 'vitest';
import { describeSpark } from '../spark.ts';

describeSpark('tables', (spark) => {
  test('are read', async () => {
    await spark().sql('select 1');
  });
});
