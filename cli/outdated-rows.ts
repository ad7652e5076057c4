import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog, Ledger } from '../functions/pipeline/index.ts';

/** Part of `npm run check`: warns if a state holds rows that were made by other SQL than the project's. */

const root = fileURLToPath(new URL('..', import.meta.url));

/** Lines about the published rows of a state that the manifests, SQL and rules under a root would change. */
export const outdatedRows = async (project: string, state: string): Promise<string[]> => {
  if (!existsSync(join(state, 'cloud.env'))) return [];
  const [{ renderCatalog }, { engineOfState }, { manifestKey }] = await Promise.all([
    import('../deploy/index.ts'),
    import('../local/cloud/index.ts'),
    import('../functions/pipeline/index.ts'),
  ]);
  const catalog = await renderCatalog(project, 'duckdb', engineOfState(state));
  const names = Object.keys(catalog.datasets);
  const { readFile } = await import('node:fs/promises');
  const read = async (name: string) =>
    [manifestKey(name), await readFile(join(project, 'rules', name, 'manifest.json'), 'utf8')] as const;
  const texts = new Map(await Promise.all(names.map(read)));
  const { withLedger } = await import('./target/state-ledger.ts');
  return withLedger(state, (ledger) => linesOf(ledger, catalog, texts));
};

const linesOf = async (
  ledger: Ledger,
  catalog: Catalog,
  manifests: ReadonlyMap<string, string>,
): Promise<string[]> => {
  const { outdatedLines, publishedBy } = await import('./reprocess/published-by.ts');
  const files = { readText: async (key: string) => manifests.get(key) };
  const found = await Promise.all(
    Object.keys(catalog.datasets).map((name) => publishedBy({ files, ledger }, name, catalog)),
  );
  return found.flatMap((one) => (one ? outdatedLines(one).map((line) => `${one.dataset}: ${line}`) : []));
};

const main = async (): Promise<void> => {
  const state = join(root, '.soundcheck');
  for (const line of await outdatedRows(root, state)) {
    console.warn(`warning: ${relative(process.cwd(), state)}: ${line}`);
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((cause: unknown) => {
    console.warn(
      `warning: published rows were not checked: ${cause instanceof Error ? cause.message : cause}`,
    );
  });
}
