import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Records that a version without a store has gathered, under the name of the file that they become. */
export type OldFile = { readonly name: string; readonly records: Buffer };

/** Gathered records had no name yet: bare ones, and ones in batches. Other files have their name, and this ending for batches. */
const [bare, batches, sealed] = ['gathered', 'records', '.sealed'];

/**
 * Passes the records of each file that an older version has left to a function, and removes the file. After a death in between it
 * passes the same name again.
 */
export const takeOldFiles = async (
  directory: string,
  newName: () => string,
  take: (file: OldFile) => void,
): Promise<void> => {
  await rename(join(directory, bare), join(directory, newName())).catch(() => undefined);
  await rename(join(directory, batches), join(directory, `${newName()}${sealed}`)).catch(() => undefined);
  const names = (await readdir(directory)).filter((name) => !/^records\.db(-\w+)?$/.test(name));
  for (const name of names.sort()) {
    const content = await readFile(join(directory, name));
    if (name.endsWith(sealed)) take({ name: name.slice(0, -sealed.length), records: recordsIn(content) });
    else take({ name, records: content });
    await rm(join(directory, name));
  }
};

/** Bytes before each batch of records: its length. */
const headBytes = 4;

/** The whole batches of a file; what a killed process left of the last one was never confirmed. */
const recordsIn = (content: Buffer): Buffer => {
  const found: Buffer[] = [];
  for (let at = 0; at + headBytes <= content.length; ) {
    const end = at + headBytes + content.readUInt32BE(at);
    if (end > content.length) break;
    found.push(content.subarray(at + headBytes, end));
    at = end;
  }
  return Buffer.concat(found);
};
