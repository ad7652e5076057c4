import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Outlet } from '../../../../../functions/pipeline/steps/split/outlet.ts';

const block = new Uint8Array(100_000).fill(7);

it('stores what is written, also where the writer uses its memory again', async () => {
  const stored: Buffer[] = [];
  const outlet = new Outlet(async (body) => {
    for await (const chunk of body) stored.push(Buffer.from(chunk));
  });
  const lent = Buffer.alloc(3);
  for (const text of ['abc', 'def', 'ghi']) {
    lent.write(text);
    outlet.write(lent);
  }
  await outlet.end();
  expect(Buffer.concat(stored).toString()).toBe('abcdefghi');
  expect(outlet.bytes).toBe(9);
});

it('holds little more than a mebibyte for a slow store', async () => {
  let taken = 0;
  let most = 0;
  const outlet = new Outlet(async (body) => {
    for await (const chunk of body) {
      taken += chunk.length;
      await setImmediate();
    }
  });
  for (let turn = 0; turn < 500; turn++) {
    outlet.write(block);
    most = Math.max(most, outlet.bytes - taken);
    await outlet.drained();
  }
  await outlet.end();
  expect(taken).toBe(50_000_000);
  expect(most).toBeLessThan(2 ** 20 + 3 * block.length + 2 ** 17);
});

it('throws to its writer what storing threw', async () => {
  const outlet = new Outlet(async (body) => {
    for await (const _ of body) throw new Error('the disk is full');
  });
  const pour = async (): Promise<void> => {
    for (;;) {
      outlet.write(block);
      await outlet.drained();
    }
  };
  await expect(pour()).rejects.toThrow('the disk is full');
  await expect(outlet.end()).rejects.toThrow('the disk is full');
});

it('stores nothing when it is aborted', async () => {
  let outcome = 'nothing';
  const outlet = new Outlet(async (body) => {
    try {
      for await (const _ of body);
      outcome = 'stored';
    } catch {
      outcome = 'rejected';
      throw new Error('rejected');
    }
  });
  outlet.write(block);
  await outlet.abort(new Error('no'));
  expect(outcome).toBe('rejected');
});
