import { type CheckViolations, checksPrefix, readCheckViolations } from '../../../warehouse/index.ts';
import type { FileReader } from '../../ports.ts';

/** What the checks of one rebuild found, read back from what the warehouse unloaded. */

/** What a rebuild's record says of its checks. */
export const checkedRecord = async (
  files: FileReader,
  unload: string,
): Promise<{ readonly checks: readonly CheckViolations[]; readonly report?: string }> => {
  const checks = await foundByChecks(files, unload);
  return checks.length > 0 ? { checks, report: checksPrefix(unload) } : { checks };
};

/** What the checks found under a rebuild's prefix, those that fail it first; empty when they found nothing or never ran. */
export const foundByChecks = async (files: FileReader, unload: string): Promise<CheckViolations[]> => {
  const keys = await files.list(checksPrefix(unload));
  const texts = await Promise.all(keys.map((key) => files.readText(key)));
  return readCheckViolations(texts.map((text = '') => text));
};
