import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import { bundleUnlessUpToDate, isUpToDate } from '../../build/index.ts';

/** Paths of ES modules: the bundles of functions by their keys, and the runtime that runs each of them. */
export type Bundles = { readonly functions: ReadonlyMap<string, string>; readonly worker: string };

export type BundleOptions = {
  readonly root: string;
  readonly functions: readonly { readonly key: string; readonly entry: string }[];
  readonly directory: string;
  /** The file behind the import `#catalog`, and a promise of its rendering: everything else is bundled meanwhile. */
  readonly catalog?: { readonly path: string; readonly written?: Promise<unknown> };
};

/**
 * Bundles all functions with the deployment's own settings, `esbuild.config.cjs`; bundles that are up to date are kept. Rejects
 * with esbuild's errors.
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
  await bundleUnlessUpToDate(bundled, record, stamp);
  const ending = settings.outExtension?.['.js'] ?? '.js';
  return { functions: new Map(functions.map(({ key }) => [key, join(outdir, `${key}${ending}`)])), worker };
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
