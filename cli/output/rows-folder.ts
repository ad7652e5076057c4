import { mkdir } from 'node:fs/promises';
import { CannotLand } from '../target/datasets.ts';

/** Makes the folder that `--rows` names; throws `CannotLand` with what stands in the way. */
export const makeRowsFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    const why = isFile ? 'is a file, or lies below one' : `cannot be made (${message})`;
    throw new CannotLand(`${folder} ${why}; name a folder with --rows`, { cause });
  }
};
