import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lockState, StateIsLocked } from '../../state/index.ts';
import { findSpark, javaHomeIn, projectRoot, type SparkInstallation, sitePackages } from './installation.ts';
import { fetchJars, wrongJars } from './jars.ts';
import { machineJava } from './java.ts';
import { installJava, isCurrent, makeEnvironment } from './virtual-environment.ts';

export type SetupOptions = {
  /** The project's folder, which gets `.venv`. */
  readonly root?: string;
  readonly log: (line: string) => void;
};

/**
 * Installs Spark: PySpark in `.venv`, a Java and three jars. Correct parts are kept; an interrupted set-up starts over. Rejects
 * with `NoPython`, `WrongJar` or `CommandFailed`.
 */
export const setUpSpark = async ({ root = projectRoot, log }: SetupOptions): Promise<SparkInstallation> => {
  const folder = join(root, '.venv');
  const complete = await installed(root, folder);
  if (complete) return complete;
  const release = await lock(join(root, '.build', 'spark'), log);
  try {
    await install(folder, log);
  } finally {
    release();
  }
  const installation = findSpark(root);
  if (!installation) throw new Error(`${folder} is not complete, although everything was installed`);
  return installation;
};

const installed = async (root: string, folder: string): Promise<SparkInstallation | undefined> => {
  if (!isCurrent(folder) || !(await javaFor(folder))) return undefined;
  const wrong = await wrongJars(join(folder, 'jars'));
  return wrong.length === 0 ? findSpark(root) : undefined;
};

const install = async (folder: string, log: SetupOptions['log']): Promise<void> => {
  if (!isCurrent(folder)) await makeEnvironment(folder, log);
  if (!(await javaFor(folder))) await installJava(folder, log);
  const jars = join(folder, 'jars');
  if ((await wrongJars(jars)).length === 0) return;
  log('Fetching the jars of Iceberg, Deequ and DQDL: 50 MB');
  const ivy = join(sitePackages(folder) ?? folder, 'pyspark', 'jars', 'ivy-2.5.1.jar');
  await fetchJars(jars, { java: (await javaFor(folder)) ?? 'java', ivy, log });
};

/** The Java of the sessions: the one from PyPI if it was installed, else the machine's. */
const javaFor = async (folder: string): Promise<string | undefined> => {
  const home = javaHomeIn(folder);
  return existsSync(home) ? join(home, 'bin', 'java') : machineJava();
};

/** Waits while another process sets up the same folder. */
const lock = async (folder: string, log: SetupOptions['log']): Promise<() => void> => {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await lockState(folder);
    } catch (error) {
      if (!(error instanceof StateIsLocked)) throw error;
      if (isFirst) log(`Process ${error.pid} is already setting up Spark; waiting for it`);
      await wait(500);
    }
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUpSpark({ log: console.log }).then(
    ({ python }) => console.log(`Spark is set up: ${python}`),
    (error: unknown) => {
      console.error(`Spark is not set up: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    },
  );
}
