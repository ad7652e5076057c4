import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { stageOf } from './idle.ts';
import { type Column, costPage } from './page.ts';
import type { Template } from './template.ts';

/** The page. */
export const costFile = 'docs/cost.md';

/** The deployments of the page, with the options of `sls package`. */
export const costVariants = {
  dev: {},
  prod: { stage: 'prod' },
  cluster: { params: ['warehouse=cluster', 'natGateway=true', 'secretsEndpoint=true'] },
} as const satisfies Readonly<
  Record<string, { readonly stage?: string; readonly params?: readonly string[] }>
>;

type Variant = keyof typeof costVariants;

/** The text of the page for the packaged templates of its deployments. Throws `UnknownCharge`. */
export const costPageOf = async (
  root: string,
  templateOf: (variant: Variant) => Promise<Template>,
): Promise<string> => {
  const { datasets } = createRequire(import.meta.url)('../datasets.cjs') as { datasets: readonly string[] };
  const { params } = parse(await readFile(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'error' }) as {
    params: Parameters;
  };
  const columns: Column[] = [];
  for (const name of Object.keys(costVariants) as Variant[]) {
    const { warehouseDailyRpuHours: dailyRpuHours } = { ...params.default, ...params[name] };
    const settings = { tables: datasets.length, dailyRpuHours: Number(dailyRpuHours) };
    columns.push({ name, stage: stageOf(await templateOf(name), settings) });
  }
  return costPage(columns);
};

type Parameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Packages a stage without credentials into a folder outside of the tree, and returns its template. */
const packaged =
  (root: string, folder: string) =>
  async (name: Variant): Promise<Template> => {
    const { stage = 'dev', params = [] }: { stage?: string; params?: readonly string[] } = costVariants[name];
    const place = join(folder, name);
    const options = ['--stage', stage, '--package', place, ...params.flatMap((param) => ['--param', param])];
    await promisify(execFile)(join(root, 'node_modules/.bin/sls'), ['package', ...options], { cwd: root });
    return JSON.parse(await readFile(join(place, 'cloudformation-template-update-stack.json'), 'utf8'));
  };

const main = async (root: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-cost-'));
  try {
    await writeFile(join(root, costFile), await costPageOf(root, packaged(root, folder)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`Wrote ${costFile}`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.cwd());
