import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { deployedKey, deployedManifests, type Files, manifestKey } from '../../functions/pipeline/index.ts';
import { notice } from '../output/answer.ts';
import { manifestPath, manifestTexts } from './datasets.ts';

type Ports = Files;

/**
 * Puts the changed manifests of `rules/` into the lake; a manifest that lands wakes what waits for it. A manifest that was
 * replaced in the lake, and not changed here since, stays.
 */
export const landManifests = async (files: Ports): Promise<void> => {
  for (const [dataset, here] of await manifestTexts()) {
    const key = manifestKey(dataset);
    if ((await files.readText(key)) === here) continue;
    if (await isReplaced(files, dataset, here))
      notice(`${key} is newer than the one in rules/, so it stays.`);
    else await put(files, dataset, here);
  }
};

/** The ledger knows it as a deployed manifest before it is in force. */
const put = async (files: Ports, dataset: string, here: string): Promise<void> => {
  const known = await deployedManifests(files, dataset);
  const sha256 = createHash('sha256').update(here).digest('hex');
  if (!known.includes(sha256)) await files.write(deployedKey(dataset), JSON.stringify([...known, sha256]));
  await files.write(manifestKey(dataset), here);
};

const isReplaced = async (files: Ports, dataset: string, here: string): Promise<boolean> => {
  const versions = await files.versionsOf(manifestKey(dataset));
  const current = versions.at(-1);
  const { mtimeMs } = await stat(manifestPath(dataset));
  if (!current || mtimeMs > Date.parse(current.landed_at)) return false;
  for (const version of versions) {
    const content = await files.open(version);
    if (content && (await text(content)) === here) return true;
  }
  return false;
};
