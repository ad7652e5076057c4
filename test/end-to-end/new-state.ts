import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isUpToDate, rememberSources, statesOf } from '../../local/build/index.ts';
import { buildFunctions } from '../../local/cloud/build/build.ts';
import { ACCOUNT, REGION } from '../../local/cloud/environment.ts';
import { type Engine, rememberEngine } from '../../local/cloud/state-engine.ts';
import { readTemplate } from '../../local/cloud/template/template.ts';
import { lockState, StateIsLocked } from '../../local/state/index.ts';

/** What says of a build from which files it was made. */
const records = ['catalog.json.sources', 'bundles/sources.json'];

/**
 * Makes a temporary state for a cloud of this project. It holds the functions already, bundled once for all tests: to
 * bundle them takes a cloud longer than the rest of its start. Where the project has changed since, the cloud bundles again.
 */
export const newState = async (engine: Engine = 'duckdb', parent = tmpdir()): Promise<string> => {
  const state = await mkdtemp(join(parent, 'end-to-end-'));
  const built = await buildOnce(engine);
  for (const name of ['bundles', 'catalog.json', 'catalog.json.sources'])
    await cp(join(built, name), join(state, name), { recursive: true });
  rememberEngine(state, engine);
  for (const record of records) await moveRecord(join(state, record), built, state);
  return state;
};

/** The folder of the build that is kept, up to date; one test file makes it while the others wait. */
const buildOnce = async (engine: Engine): Promise<string> => {
  const folder = join(process.cwd(), '.build', 'test-cloud', engine);
  await mkdir(folder, { recursive: true });
  const unlock = await lock(folder);
  try {
    const { functions } = readTemplate(process.cwd(), { stage: 'dev', account: ACCOUNT, region: REGION });
    const { catalog, bundles } = buildFunctions(process.cwd(), folder, functions, engine);
    await Promise.all([catalog, bundles]);
    return folder;
  } finally {
    unlock();
  }
};

const lock = async (folder: string): Promise<() => void> => {
  for (;;) {
    try {
      return await lockState(folder);
    } catch (error) {
      if (!(error instanceof StateIsLocked)) throw error;
      await wait(100);
    }
  }
};

/** A copied record tells of the copies. */
const moveRecord = async (record: string, from: string, to: string): Promise<void> => {
  const { stamp, files, made } = JSON.parse((await readFile(record, 'utf8')).replaceAll(from, to));
  const copied = Object.keys(files).filter((path) => path.startsWith(to));
  rememberSources(record, {
    stamp,
    files: { ...files, ...statesOf(copied) },
    made: Object.keys(made).map((name) => join(dirname(record), name)),
  });
  if (!isUpToDate(record, stamp)) throw new Error(`${record} is not up to date`);
};
