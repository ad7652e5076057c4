import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCloud } from '../../local/cloud/cloud.ts';
import { newState } from './new-state.ts';

test('a cloud on a new state runs the functions that are in it', async () => {
  const state = await newState();
  const changedAt = () =>
    Promise.all(
      ['catalog.json', 'bundles/worker.mjs'].map(async (name) => (await stat(join(state, name))).mtimeMs),
    );
  const before = await changedAt();
  const cloud = await startCloud({ root: process.cwd(), state });
  await cloud.stop();
  expect(await changedAt()).toEqual(before);
});
