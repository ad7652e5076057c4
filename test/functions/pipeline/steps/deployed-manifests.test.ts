import { expect, test } from 'vitest';
import { deployedKey } from '../../../../functions/pipeline/lake-keys.ts';
import { isOfOtherDeployment } from '../../../../functions/pipeline/steps/deployed-manifests.ts';

const files = (list?: string[]) => ({
  readText: async (key: string) => (key === deployedKey('plays') && list ? JSON.stringify(list) : undefined),
});
const sql = { manifest_sha256: 'new' };

test('takes SQL and manifest of one deployment', async () => {
  expect(await isOfOtherDeployment(files(['old', 'new']), 'plays', sql, 'new')).toBe(false);
});

test('keeps SQL of one deployment from a manifest of another, older or newer', async () => {
  expect(await isOfOtherDeployment(files(['old']), 'plays', sql, 'old')).toBe(true);
  expect(await isOfOtherDeployment(files(['old', 'new', 'newer']), 'plays', sql, 'newer')).toBe(true);
});

test('takes a manifest that was put into the lake by hand', async () => {
  expect(await isOfOtherDeployment(files(['old', 'new']), 'plays', sql, 'mine')).toBe(false);
  expect(await isOfOtherDeployment(files(), 'plays', sql, 'mine')).toBe(false);
});
