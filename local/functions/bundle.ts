import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { isBundled, rememberSources } from './bundle-sources.ts';

/** Bundles of functions by their keys, and the runtime that each runs in; paths of ES modules. */
export type Bundles = { readonly functions: ReadonlyMap<string, string>; readonly worker: string };

export type BundleOptions = {
  readonly root: string;
  readonly functions: readonly { readonly key: string; readonly entry: string }[];
  readonly directory: string;
  /** The file that the import `#catalog` means. */
  readonly catalog?: string;
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
  const stamp = JSON.stringify([bundled, catalog]);
  if (!isBundled(directory, stamp)) await bundleAll(bundled, directory, stamp);
  const ending = settings.outExtension?.['.js'] ?? '.js';
  return { functions: new Map(functions.map(({ key }) => [key, join(outdir, `${key}${ending}`)])), worker };
};

const bundleAll = async (
  bundled: readonly BuildOptions[],
  directory: string,
  stamp: string,
): Promise<void> => {
  const results = await Promise.all(
    bundled.map((each) => build({ ...each, metafile: true, logLevel: 'silent' })),
  );
  const sources = results.flatMap(({ metafile }, index) =>
    Object.keys(metafile?.inputs ?? {}).map((path) => resolve(bundled[index]?.absWorkingDir ?? '', path)),
  );
  rememberSources(directory, stamp, sources);
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

const catalogAt = (path: string): Plugin => ({
  name: 'catalog',
  setup({ onResolve }) {
    onResolve({ filter: /^#catalog$/ }, () => ({ path }));
  },
});
