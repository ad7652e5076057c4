import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** Bundles of functions by their keys, and the runtime that each runs in; paths of ES modules. */
export type Bundles = { readonly functions: ReadonlyMap<string, string>; readonly worker: string };

export type BundleOptions = {
  readonly root: string;
  readonly functions: readonly { readonly key: string; readonly entry: string }[];
  readonly directory: string;
  /** The file that the import `#catalog` means. */
  readonly catalog?: string;
};

/** Bundles all functions with the very settings of the deployment, `esbuild.config.cjs`. Rejects with esbuild's errors. */
export const bundleFunctions = async ({
  root,
  functions,
  directory,
  catalog,
}: BundleOptions): Promise<Bundles> => {
  const settings = readSettings(root);
  const outdir = join(directory, 'functions');
  await Promise.all([
    build({
      ...settings,
      absWorkingDir: root,
      entryPoints: Object.fromEntries(functions.map(({ key, entry }) => [key, join(root, entry)])),
      outdir,
      plugins: [...(settings.plugins ?? []), ...(catalog ? [catalogAt(catalog)] : [])],
      logLevel: 'silent',
    }),
    bundleWorker(directory),
  ]);
  const ending = settings.outExtension?.['.js'] ?? '.js';
  return {
    functions: new Map(functions.map(({ key }) => [key, join(outdir, `${key}${ending}`)])),
    worker: join(directory, 'worker.mjs'),
  };
};

const readSettings = (root: string): BuildOptions => {
  const settings: unknown = createRequire(join(root, 'package.json'))('./esbuild.config.cjs');
  return (typeof settings === 'function' ? settings() : settings) as BuildOptions;
};

const bundleWorker = (directory: string) =>
  build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    outfile: join(directory, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  });

const catalogAt = (path: string): Plugin => ({
  name: 'catalog',
  setup({ onResolve }) {
    onResolve({ filter: /^#catalog$/ }, () => ({ path }));
  },
});
