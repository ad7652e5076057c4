import type { Dataset } from '../catalog.ts';
import { deployedKey, manifestKey } from '../lake-keys.ts';
import type { Texts } from '../ports.ts';

/**
 * Prevents that SQL of one deployment runs under the manifest of another: functions and the lake never change at the same
 * moment. A manifest that was put into the lake by hand belongs to no deployment and is accepted.
 */
export const isOfOtherDeployment = async (
  files: Texts,
  name: string,
  { manifest_sha256 }: Pick<Dataset, 'manifest_sha256'>,
  inForce: string,
): Promise<boolean> => {
  if (manifest_sha256 === undefined || manifest_sha256 === inForce) return false;
  return (await deployedManifests(files, name)).includes(inForce);
};

/** Why files wait meanwhile. */
export const waitsForDeployment = (name: string): string =>
  `waits until ${manifestKey(name)} and sql/silver/${name}.sql are of one deployment`;

/** Hashes of a dataset's manifests from deployments, oldest first. */
export const deployedManifests = async (files: Texts, name: string): Promise<string[]> =>
  JSON.parse((await files.readText(deployedKey(name))) ?? '[]');
