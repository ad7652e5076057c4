import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { OnRead } from './sample-file.ts';

/** Where progress is written: a terminal redraws one line, other outputs get a line now and then. */
export type ProgressOutput = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

const [onTerminal, elsewhere] = [200, 10_000];

/** Shows how far long files have been read, from the second interval on; nothing for short ones. */
export const readingProgress = async (
  output: ProgressOutput,
  paths: readonly string[],
): Promise<{ readonly onRead: OnRead; readonly end: () => void }> => {
  const sizes = new Map<string, number>();
  for (const path of paths) sizes.set(path, (await stat(path).catch(() => undefined))?.size ?? 0);
  let said = Date.now();
  let isSaid = false;
  const onRead: OnRead = (path, bytes) => {
    if (Date.now() - said < (output.isTTY ? onTerminal : elsewhere)) return;
    said = Date.now();
    isSaid = true;
    const percent = Math.floor((bytes / Math.max(1, sizes.get(path) ?? 0)) * 100);
    const line = `reading ${basename(path)}, ${percent} %`;
    output.write(output.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  };
  const end = (): void => {
    if (isSaid && output.isTTY) output.write('\r\u001b[2K');
  };
  return { onRead, end };
};
