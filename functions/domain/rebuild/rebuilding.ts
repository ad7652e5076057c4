import { runKey } from '../landing.ts';
import { type RebuildRecord, rebuildMoves } from '../ledger.ts';
import type { Files, Ledger } from '../ports.ts';
import { RebuildSpec } from '../spec.ts';

/** What the functions around a rebuild share: its statement's name, its spec, freeing the mart. */

/** Name of the statement that carries a rebuild; `name` is the stack's. */
export const statementName = (name: string, rebuild: string): string => `${name}-rebuild-${rebuild}`;

/** The rebuild that a statement carries. */
export const rebuildOfStatement = (name: string): string =>
  name.slice(name.indexOf('-rebuild-') + '-rebuild-'.length);

/** The mart of a rebuild's id. */
export const martOfRebuild = (rebuild: string): string => rebuild.slice(0, rebuild.lastIndexOf('-'));

/** Reads a rebuild's spec; undefined before it is written. */
export const rebuildSpec = async (
  files: Pick<Files, 'readText'>,
  rebuild: string,
): Promise<RebuildSpec | undefined> => {
  const text = await files.readText(runKey(rebuild, 'rebuild', 'spec'));
  return text === undefined ? undefined : RebuildSpec.parse(JSON.parse(text));
};

/** True once nothing follows. */
export const isRebuildOver = (rebuild: RebuildRecord): boolean => rebuildMoves[rebuild.state].length === 0;

/** Frees the mart for its next rebuild, unless it is another one's already. */
export const freeMart = async (ledger: Ledger, lease: string, rebuild: string): Promise<void> => {
  const held = await ledger.lease(lease);
  if (held.holder === rebuild) await ledger.release(held);
};
