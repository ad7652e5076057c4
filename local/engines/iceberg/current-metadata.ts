import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const metadataFile = /^v(\d+)\.metadata\.json$/;

/**
 * Path of the current metadata file of an Iceberg table that a hadoop catalog keeps in a folder; undefined if there is no
 * table. Such a file appears as a whole, under the next number, and never changes: it is one snapshot of main.
 */
export const currentMetadata = async (table: string): Promise<string | undefined> => {
  const folder = join(table, 'metadata');
  const names = await readdir(folder).catch(noneIfMissing);
  const versions = names.flatMap((name) => metadataFile.exec(name)?.[1] ?? []).map(Number);
  return versions.length > 0 ? join(folder, `v${Math.max(...versions)}.metadata.json`) : undefined;
};

const noneIfMissing = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};
