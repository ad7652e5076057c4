import type { Item } from '../../functions/adapters/dynamo-items.ts';
import { lastRebuilds } from '../../functions/pipeline/queries/last-rebuilds.ts';
import { retryParked } from '../../functions/pipeline/steps/batch-run.ts';
import { askReprocess } from '../../functions/pipeline/steps/reprocess/reprocess.ts';
import { deployments, manifestKey, manifests, simulatedCatalog, wideCatalog } from './catalog.ts';
import { type Dice, dice } from './dice.ts';
import { aftermath } from './invariants.ts';
import type { Weather } from './weather.ts';
import { type Defect, newWorld, type World } from './world.ts';

/** One history: files land, are corrected and replaced while the weather is bad; then it calms down and sweep alone ends everything. */

/** What is wrong at the end of a history; empty when all is well. */
export type Outcome = {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Names of the port calls that were made, in their order. */
  readonly calls: readonly string[];
  /** Files of corrected rows that landed. */
  readonly repairs: number;
  /** File versions that another one replaced. */
  readonly superseded: number;
};

/** What a file's content means to the pipeline; `strictly-good` breaks the stricter rules, `mixed` has valid rows and invalid ones, `repaired` some of another file's invalid rows. */
export type Kind = 'good' | 'strictly-good' | 'mixed' | 'rejected' | 'rule-breaking' | 'poison' | 'repaired';
export type Upload = {
  readonly key: string;
  readonly version: string;
  readonly body: string;
  readonly kind: Kind;
};

export const runHistory = async (seed: number, weather: Weather, defect: Defect = {}): Promise<Outcome> => {
  const luck = dice(seed);
  const adapt = seed % 5 === 4 ? wideCatalog : undefined;
  const world = newWorld(luck, weather, simulatedCatalog, defect, adapt);
  const uploads: Upload[] = [];
  await storm(luck, world, scriptOf(luck, world, uploads));
  await holdOut(world, luck);
  if (seed % 2 === 1) await retryAtOnce(world, luck);
  await heal(world, luck);
  await storm(luck, world, repairingScript(luck, world, uploads));
  await heal(world, luck);
  await retryParked(world.ledger, 'plays');
  await heal(world, luck);
  const isAllReprocessed = seed % 3 === 0;
  if (isAllReprocessed) await reprocessAll(world, luck);
  return {
    seed,
    calls: world.calls(),
    repairs: uploads.filter(({ kind }) => kind === 'repaired').length,
    superseded: world.items().filter(({ state }) => state === 'superseded').length,
    violations: [...world.watch.violations, ...aftermath(world, uploads, isAllReprocessed)],
  };
};

/** What was deployed last has to reach every published row; a third of the histories pays for it. */
const reprocessAll = async (world: World, luck: Dice): Promise<void> => {
  world.deploy(luck.pick(deployments));
  for (const file of await world.ledger.files.published('plays')) await askReprocess(world, file);
  await heal(world, luck);
};

/** Plays the script in bad weather. */
const storm = async (luck: Dice, world: World, script: (() => void)[]): Promise<void> => {
  world.calm(false);
  for (let steps = 0; steps < 4000 && (script.length > 0 || luck.chance(0.995)); steps++)
    await act(luck, world, script);
  for (const left of script.splice(0)) left();
};

/** One thing happens, somewhere. */
const act = async (luck: Dice, world: World, script: (() => void)[]): Promise<void> => {
  const roll = luck.below(100);
  if (roll < 1) script.shift()?.();
  else if (roll < 16) world.takeDelivery();
  else if (roll < 22) endOne(luck, world, false);
  else if (roll < 23) world.jump(luck.pick([1_000, 20_000, hour, -5_000, -hour, day, -day]));
  else if (luck.chance(0.001)) world.rejectKpis(luck.chance(0.3));
  else if (roll < 24) world.invokeSweep();
  else if (luck.chance(0.002)) await world.wake();
  else await world.step();
};

const endOne = (luck: Dice, world: World, isLucky: boolean): boolean => {
  const [runs, statements] = [world.engine.running(), world.warehouse.running()];
  const at = luck.below(runs.length + statements.length);
  const [run, statement] = [runs[at], statements[at - runs.length]];
  if (run) world.engine.end(run, isLucky);
  else if (statement) world.warehouse.end(statement, isLucky);
  return run !== undefined || statement !== undefined;
};

const hour = 3_600_000;
const day = 24 * hour;

/** The KPI table takes nothing for good and nothing lands: then no rebuild holds the mart for ever. */
const holdOut = async (world: World, luck: Dice): Promise<void> => {
  if (luck.chance(0.7)) return;
  world.calm(true);
  world.rejectKpis(true);
  const rest = resting(world, luck);
  const holders: unknown[] = [];
  for (let round = 0; round < 8; round++) {
    world.jump(400_000);
    await rest();
    holders.push(martRebuild(world)?.id);
  }
  const [first, last] = [holders[1], holders.at(-1)];
  if (last !== undefined && first === last)
    world.watch.violations.push(`${last} tries to write its KPIs for ever`);
};

/** Somebody asks for a failed rebuild again: with neither new files nor time its mart is rebuilt. */
const retryAtOnce = async (world: World, luck: Dice): Promise<void> => {
  const isFailed = async (): Promise<boolean> =>
    (await lastRebuilds(world.ledger, 'listening')).newest?.state === 'failed';
  if (!(await isFailed())) return;
  world.calm(true);
  world.rejectKpis(false);
  world.retryRebuild();
  await untilQuiet(world, luck, () => 0);
  if ((await isFailed()) && isMigrated(world))
    world.watch.violations.push('nobody rebuilds what was asked for again');
};

/**
 * No more faults; sweep is invoked until it finds nothing to do twice in a row, while those who slept wake up one by one. At
 * first no time goes by: what needs none must not wait for it. Then the clock jumps, forwards and backwards.
 */
const heal = async (world: World, luck: Dice): Promise<void> => {
  world.calm(true);
  world.rejectKpis(false);
  await untilQuiet(world, luck, () => 0);
  if (isLossWaiting(world)) world.watch.violations.push('nobody tries again what was lost');
  await untilQuiet(world, luck, () => luck.pick([2 * hour, -2 * hour, day, -day]));
};

const untilQuiet = async (world: World, luck: Dice, jump: () => number): Promise<void> => {
  const rest = resting(world, luck);
  let before = '';
  for (let round = 0, quiet = 0; round < 400 && quiet < 2; round++) {
    world.jump(jump());
    await rest();
    const after = JSON.stringify(world.items().map(({ pk, sk, rev, holder }) => [pk, sk, rev, holder]));
    const wasAsleep = round % 2 === 1 && (await world.wake());
    quiet = after === before && !wasAsleep ? quiet + 1 : 0;
    before = after;
  }
};

/** Sweeps, and lets everything run that can. */
const resting = (world: World, luck: Dice) => {
  let steps = 0;
  return async (): Promise<void> => {
    world.invokeSweep();
    while ((await world.step()) || world.takeDelivery() || endOne(luck, world, true)) {
      if (++steps > 60_000) throw new Error('the history does not come to rest');
    }
  };
};

/** The rebuild that holds the mart. */
const martRebuild = (world: World): Item | undefined => {
  const holder = world.items().find(({ pk }) => pk === 'LEASE#mart/listening')?.holder;
  return world.items().find(({ pk, id }) => pk.startsWith('REBUILD#') && id === holder);
};

/** The last statement was lost, so soon that there is no pause yet, and nothing follows it. */
const isLossWaiting = (world: World): boolean => {
  const isPending = world.items().some(({ pk }) => pk.startsWith('PENDING#'));
  const lost = world.warehouse.lostInARow();
  return isPending && lost > 0 && lost <= 5 && isMigrated(world) && martRebuild(world) === undefined;
};

/** A rebuild waits for a migration, which may wait for a statement that is forgotten, or an hour if its SQL failed. */
const isMigrated = (world: World): boolean =>
  world.items().every(({ pk, state }) => !pk.startsWith('MIGRATION#') || state === 'applied');

const landing = (luck: Dice, world: World, uploads: Upload[]) => (): void => {
  const key = `data/plays/${luck.pick(['a', 'b', 'c', 'd'])}.csv`;
  const before = uploads.filter((upload) => upload.key === key).at(-1);
  const next = before && luck.chance(0.15) ? before : content(luck, uploads.length);
  const { version } = world.lake.put(key, next.body);
  uploads.push({ key, version, body: next.body, kind: next.kind });
};

/** Somebody repairs all, some or none of the rows of a file that were quarantined, and drops them. */
const repairing = (luck: Dice, world: World, uploads: Upload[]) => (): void => {
  const rows = world.lake.keys().filter((key) => /^data\/quarantine\/.*\.rows\.csv$/.test(key));
  if (rows.length === 0) return;
  const from = luck.pick(rows);
  const share = luck.pick([0, 0.5, 0.5, 1]);
  const body = (world.lake.newest(from)?.body ?? '').replaceAll('yesterday', (word) =>
    luck.chance(share) ? `2024-06-${20 + luck.below(4)}` : word,
  );
  const key = `data/plays/${from.slice(from.lastIndexOf('/') + 1)}`;
  const { version } = world.lake.put(key, body);
  uploads.push({ key, version, body, kind: 'repaired' });
};

/** Somebody lands a correction of a file whose rows were repaired: it replaces them, too. */
const correcting = (luck: Dice, world: World, uploads: Upload[]) => (): void => {
  const sources = uploads.flatMap(({ key, kind }) => (kind === 'repaired' ? [`${key.split('@')[0]}`] : []));
  if (sources.length === 0) return;
  const key = luck.pick(sources);
  const next = content(luck, uploads.length);
  const { version } = world.lake.put(key, next.body);
  uploads.push({ key, version, body: next.body, kind: next.kind });
};

/** More files land while others are repaired and corrected. */
const repairingScript = (luck: Dice, world: World, uploads: Upload[]): (() => void)[] => {
  const [land, repair] = [landing(luck, world, uploads), repairing(luck, world, uploads)];
  const correct = correcting(luck, world, uploads);
  const script = Array.from({ length: luck.below(9) }, () =>
    luck.pick([land, repair, repair, repair, correct]),
  );
  for (const change of changes(luck, world)) script.splice(luck.below(script.length + 1), 0, change);
  return script;
};

/** SQL, rules or the manifest change, and what is published is made again, more than once or not at all. */
const changes = (luck: Dice, world: World): (() => void)[] =>
  Array.from({ length: luck.below(4) }, () =>
    luck.pick([
      () => world.deploy(luck.pick(deployments)),
      () => void world.lake.put(manifestKey, luck.pick(manifests)),
      world.reprocess,
      world.retryMigration,
      () => {
        world.reprocess();
        world.retryRebuild();
      },
    ]),
  );

const scriptOf = (luck: Dice, world: World, uploads: Upload[]): (() => void)[] => {
  const land = landing(luck, world, uploads);
  const repair = repairing(luck, world, uploads);
  const putManifest = (body: string) => (): void => {
    world.lake.put(manifestKey, body);
  };
  const script: (() => void)[] = Array.from({ length: 2 + luck.below(7) }, () =>
    luck.chance(0.1) ? repair : land,
  );
  if (luck.chance(0.3))
    script.splice(luck.below(script.length), 0, putManifest('{ broken'), putManifest(luck.pick(manifests)));
  if (luck.chance(0.4)) script.splice(luck.below(script.length + 1), 0, putManifest(luck.pick(manifests)));
  for (const change of changes(luck, world)) script.splice(luck.below(script.length + 1), 0, change);
  script.splice(luck.chance(0.8) ? 0 : luck.below(script.length), 0, putManifest(luck.pick(manifests)));
  return [...script, putManifest(luck.pick(manifests))];
};

const content = (luck: Dice, number: number): Pick<Upload, 'body' | 'kind'> => {
  const kind = luck.pick<Kind>([
    'good',
    'good',
    'good',
    'strictly-good',
    'mixed',
    'mixed',
    'mixed',
    'rejected',
    'rule-breaking',
    'poison',
  ]);
  const base = { 'rule-breaking': 999, 'strictly-good': 777, poison: 666 }[String(kind)] ?? 1;
  const isBad = (row: number): boolean => kind === 'rejected' || (kind === 'mixed' && row % 2 === 1);
  const rows = Array.from({ length: (kind === 'mixed' ? 4 : 1) + luck.below(3) }, (_, row) => {
    const day = `2024-06-${20 + luck.below(4)}`;
    return `${base}${String(number).padStart(3, '0')}${row},${isBad(row) ? 'yesterday' : day}`;
  });
  return { kind, body: `id,day\n${rows.join('\n')}\n` };
};
