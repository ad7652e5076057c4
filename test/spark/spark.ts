import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, inject } from 'vitest';
import type { SparkInstallation } from '../../local/engines/spark/installation.ts';
import { sparkSettings } from '../../local/engines/spark/settings.ts';
import { describeInstalled } from './installed.ts';
import { connectSession, type ScriptRunner } from './shared-sessions.ts';

const statementsScript = fileURLToPath(new URL('statements.py', import.meta.url));

/** Spark for the tests of one file: its sessions are shared, its folder and its tables are not. */
export type TestSpark = {
  /** Holds `lake/` and `staging/`. */
  readonly root: string;
  readonly worker: ScriptRunner;
  /**
   * Runs statements one after the other in one fresh session with a job's settings; the answer holds the rows of each, values as JSON:
   * decimals, dates and timestamps as text, 64-bit integers as numbers; where one fails, `{error}` instead.
   */
  sql(...statements: readonly string[]): Promise<StatementAnswer[]>;
};
export type StatementAnswer =
  | { readonly rows: Readonly<Record<string, unknown>>[]; readonly types: Readonly<Record<string, string>> }
  | { readonly error: string };

/** Describes what needs a session: skipped with the reason where Spark is not set up, a failure where `CI` is true. */
export const describeSpark = (name: string, tests: (spark: () => TestSpark) => void): void =>
  describeInstalled(name, (installation) => {
    let spark: TestSpark | undefined;
    let folder: string;
    beforeAll(async () => {
      if (!installation) return;
      folder = await mkdtemp(join(tmpdir(), 'spark-'));
      spark = await openSpark(installation, folder);
    }, 180_000);
    afterAll(async () => {
      await spark?.worker.kill();
      if (folder) await rm(folder, { recursive: true, force: true });
    });
    tests(() => {
      if (!spark) throw new Error('Spark has not started');
      return spark;
    });
  });

/** Joins the shared sessions with a lake of its own, whose files lie in a folder. */
export const openSpark = async (
  installation: SparkInstallation,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestSpark> => {
  const root = join(folder, 'root');
  const worker = connectSession(inject('sparkSessions'), {
    settings: lakeSettings(sparkSettings(installation, { root, scratch: join(folder, 'scratch') })),
    environment,
  });
  let count = 0;
  return {
    root,
    worker,
    sql: async (...statements) => {
      count += 1;
      const [asked, answered] = [join(folder, `${count}.sql.json`), join(folder, `${count}.rows.json`)];
      await writeFile(asked, JSON.stringify(statements));
      await worker.run(statementsScript, [asked, answered]);
      return JSON.parse(await readFile(answered, 'utf8'));
    },
  };
};

/** Of the settings of a session those that say where its tables and its other files are. */
const lakeSettings = (settings: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([name]) => name.startsWith('spark.sql.catalog.lake') || name === 'spark.soundcheck.root',
    ),
  );
