import { expect, test } from 'vitest';
import { Closers } from '../../../local/cloud/closers.ts';

test('stops every part once in their order, also after one that cannot stop', async () => {
  const closers = new Closers();
  const stopped: string[] = [];
  const error = new Error('the tables cannot be closed');
  closers.add('state', () => stopped.push('state'));
  closers.add('tables', () => Promise.reject(error));
  closers.add('gateway', async () => stopped.push('gateway'));
  await expect(closers.closeAll()).rejects.toBe(error);
  expect(stopped).toEqual(['gateway', 'state']);
  await closers.closeAll();
  expect(stopped).toEqual(['gateway', 'state']);
});
