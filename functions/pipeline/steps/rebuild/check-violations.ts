import { type CheckViolations, checksPrefix, readCheckViolations } from '../../../warehouse/index.ts';
import type { FileReader } from '../../ports.ts';

/** Reads what the checks of one rebuild found from the files that the warehouse unloaded. */

/** A rebuild's record of its checks. */
export const checkedRecord = async (
  files: FileReader,
  unload: string,
): Promise<{ readonly checks: readonly CheckViolations[]; readonly report?: string }> => {
  const checks = await foundByChecks(files, unload);
  return checks.length > 0 ? { checks, report: checksPrefix(unload) } : { checks };
};

/** What the checks found under a rebuild's prefix, first those that fail it; empty if they found nothing or never ran. */
export const foundByChecks = async (files: FileReader, unload: string): Promise<CheckViolations[]> => {
  const keys = await files.list(checksPrefix(unload));
  const texts = await Promise.all(keys.map((key) => files.readText(key)));
  return readCheckViolations(texts.map((text = '') => text));
};
