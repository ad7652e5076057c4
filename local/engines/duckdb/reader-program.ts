import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import { bundleUnlessUpToDate } from '../../build/index.ts';

/** Bundles the program that reads landed files into a folder, unless it is there and up to date; returns its path. */
export const readerProgram = async (directory: string): Promise<string> => {
  const program = join(directory, 'reader.mjs');
  await bundleUnlessUpToDate([{ ...settings, outfile: program }], join(directory, 'reader.json'));
  return program;
};

/** DuckDB has a native library, which is not bundled; there are no packages next to a state folder. */
const duckdbStays: Plugin = {
  name: 'duckdb-stays',
  setup({ onResolve }) {
    const { resolve } = createRequire(import.meta.url);
    onResolve({ filter: /^@duckdb\/node-api$/ }, ({ path }) => ({
      path: pathToFileURL(resolve(path)).href,
      external: true,
    }));
  },
};

const settings: BuildOptions = {
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: [fileURLToPath(new URL('./reader.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  plugins: [duckdbStays],
};
