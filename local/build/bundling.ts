import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type BuildOptions, type BuildResult, build, stop } from 'esbuild';
import { writeWhole } from '../state/index.ts';
import { isUpToDate, rememberSources, statesOf } from './sources.ts';

/**
 * Bundles with these settings, unless the existing bundle is up to date and as it was written. Rejects with esbuild's errors; if the
 * bundles cannot be written, the existing ones stay.
 */
export const bundleUnlessUpToDate = async (
  bundled: readonly BuildOptions[],
  record: string,
  stamp = JSON.stringify(bundled),
): Promise<void> => {
  if (isUpToDate(record, stamp)) return;
  const results = await buildThenStop(bundled);
  const sources = results.flatMap(({ metafile }, index) =>
    Object.keys(metafile?.inputs ?? {}).map((path) => resolve(bundled[index]?.absWorkingDir ?? '', path)),
  );
  const files = results.flatMap(({ outputFiles = [] }) => outputFiles);
  for (const folder of new Set(files.map(({ path }) => dirname(path))))
    mkdirSync(folder, { recursive: true });
  writeWhole(files.map(({ path, contents }) => ({ path, content: contents })));
  rememberSources(record, { stamp, files: statesOf(sources), made: files.map(({ path }) => path) });
};

/** Builds that are running. */
let building = 0;

/** Esbuild's own process would keep the memory that bundling took. */
const buildThenStop = async (bundled: readonly BuildOptions[]): Promise<BuildResult[]> => {
  building += 1;
  try {
    return await Promise.all(
      bundled.map((each) => build({ ...each, metafile: true, write: false, logLevel: 'silent' })),
    );
  } finally {
    building -= 1;
    if (building === 0) await stop();
  }
};
