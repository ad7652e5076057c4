import { mkdir } from 'node:fs/promises';
import { CannotLand } from '../target/datasets.ts';

/** Creates the folder that `--rows` names; throws `CannotLand` with the reason if it cannot. */
export const makeRowsFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    const why = isFile ? 'is a file, or is below one' : `cannot be created (${message})`;
    throw new CannotLand(`${folder} ${why}; name a folder with --rows`, { cause });
  }
};
