import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** Where texts are written, and whether existing files may be overwritten. */
export type WriteFlags = {
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
};

/** The paths that were written, or the existing paths because of which nothing was written. */
export type WrittenTexts = { readonly written: readonly string[]; readonly kept: readonly string[] };

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Writes texts by their paths under `out`, else under the root: all or none, because new and old files do not fit together. */
export const writeTexts = async (
  texts: Readonly<Record<string, string>>,
  root: string,
  { out, force, dryRun }: WriteFlags,
): Promise<WrittenTexts> => {
  if (dryRun) return { written: [], kept: [] };
  const files = Object.entries(texts).map(([path, text]) => ({
    path: join(out === undefined ? root : resolve(out), path),
    text,
  }));
  const shown = files.map(({ path }) => shownPath(path));
  const found = await Promise.all(files.map(({ path }) => exists(path)));
  if (found.includes(true) && !force) return { written: [], kept: shown.filter((_, at) => found[at]) };
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return { written: shown, kept: [] };
};

const shownPath = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};
