import { expect, test } from 'vitest';
import { Closers } from '../../../local/cloud/closers.ts';

test('stops all parts in order, also after one that fails, each once', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add('state', () => closed.push('state'));
  closers.add('stores', () => closed.push('stores'));
  closers.add('files', async () => {
    throw new Error('EACCES: permission denied');
  });
  closers.add('disk', () => closed.push('disk'));
  await expect(closers.closeAll()).rejects.toThrow('EACCES');
  await closers.closeAll();
  expect(closed).toEqual(['disk', 'stores', 'state']);
});
