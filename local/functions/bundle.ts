import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, build, type Plugin, stop } from 'esbuild';
import { isUpToDate, rememberSources, statesOf } from '../sources.ts';

/** Bundles of functions by their keys, and the runtime that each runs in; paths of ES modules. */
export type Bundles = { readonly functions: ReadonlyMap<string, string>; readonly worker: string };

export type BundleOptions = {
  readonly root: string;
  readonly functions: readonly { readonly key: string; readonly entry: string }[];
  readonly directory: string;
  /** The file that the import `#catalog` means, and when it is there: all else is bundled in the meantime. */
  readonly catalog?: { readonly path: string; readonly written?: Promise<unknown> };
};

/**
 * Bundles all functions with the very settings of the deployment, `esbuild.config.cjs`; bundles whose sources have not
 * changed are kept. Rejects with esbuild's errors.
 */
export const bundleFunctions = async (options: BundleOptions): Promise<Bundles> => {
  const { root, functions, directory, catalog } = options;
  const settings = readSettings(root);
  const outdir = join(directory, 'functions');
  const worker = join(directory, 'worker.mjs');
  const bundled: BuildOptions[] = [
    {
      ...settings,
      absWorkingDir: root,
      entryPoints: Object.fromEntries(functions.map(({ key, entry }) => [key, join(root, entry)])),
      outdir,
      ...(catalog ? { plugins: [...(settings.plugins ?? []), catalogAt(catalog)] } : {}),
    },
    { ...workerSettings, absWorkingDir: root, outfile: worker },
  ];
  const stamp = JSON.stringify([bundled, catalog?.path]);
  const record = join(directory, 'sources.json');
  if (isUpToDate(record, stamp)) await catalog?.written;
  if (!isUpToDate(record, stamp)) await bundleAll(bundled, record, stamp);
  const ending = settings.outExtension?.['.js'] ?? '.js';
  return { functions: new Map(functions.map(({ key }) => [key, join(outdir, `${key}${ending}`)])), worker };
};

const bundleAll = async (bundled: readonly BuildOptions[], record: string, stamp: string): Promise<void> => {
  const results = await buildThenStop(bundled);
  const sources = results.flatMap(({ metafile }, index) =>
    Object.keys(metafile?.inputs ?? {}).map((path) => resolve(bundled[index]?.absWorkingDir ?? '', path)),
  );
  rememberSources(record, { stamp, files: statesOf(sources) });
};

/** Calls that build just now. */
let building = 0;

/** Esbuild's own process would stay, with all the memory that bundling took. */
const buildThenStop = async (bundled: readonly BuildOptions[]): Promise<BuildResult[]> => {
  building += 1;
  try {
    return await Promise.all(bundled.map((each) => build({ ...each, metafile: true, logLevel: 'silent' })));
  } finally {
    building -= 1;
    if (building === 0) await stop();
  }
};

const readSettings = (root: string): BuildOptions => {
  const settings: unknown = createRequire(join(root, 'package.json'))('./esbuild.config.cjs');
  return (typeof settings === 'function' ? settings() : settings) as BuildOptions;
};

const workerSettings: BuildOptions = {
  entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
};

const catalogAt = ({ path, written }: NonNullable<BundleOptions['catalog']>): Plugin => ({
  name: 'catalog',
  setup({ onResolve }) {
    onResolve({ filter: /^#catalog$/ }, async () => {
      await written;
      return { path };
    });
  },
});
