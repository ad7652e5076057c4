import { RebuildSpec } from '../../warehouse/index.ts';
import { runKey } from '../lake-keys.ts';
import type { Texts } from '../ports.ts';

/** Reads a rebuild's spec; undefined before it is written. */
export const rebuildSpec = async (files: Texts, rebuild: string): Promise<RebuildSpec | undefined> => {
  const text = await files.readText(runKey(rebuild, 'rebuild', 'spec'));
  return text === undefined ? undefined : RebuildSpec.parse(JSON.parse(text));
};
