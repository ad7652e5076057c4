import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { copyService } from '../packaged.ts';
import type { Template } from '../template.ts';

type Resources = Template['Resources'];
type Change = (resources: Resources) => Resources;

/** A copy of the service that can be deployed. */
export type Service = {
  /** Runs `sls` for the stage and returns what it printed; rejects with what it printed. */
  sls(command: 'deploy' | 'remove', ...options: string[]): Promise<string>;
  /** Takes a package from elsewhere, under this name. */
  takePackage(path: string, name: string): Promise<void>;
  /** Keeps what the last deployment packaged, under a name that `deploy --package` takes. */
  keepPackage(name: string): Promise<void>;
  /** Makes another package from one, with these resources in place of its own. */
  changePackage(from: string, to: string, change: Change): Promise<void>;
  /** The template in a package. */
  template(name: string): Promise<Template>;
  close(): Promise<void>;
};

/** The warehouse beside the emulator is DuckDB, so the functions get its SQL. The text for Redshift has its own tests. */
const forDuckDb = async (folder: string): Promise<void> => {
  const file = join(folder, 'deploy/render/render.ts');
  const text = await readFile(file, 'utf8');
  const changed = text.replace(
    "readProject(root, 'redshift', 'spark')",
    "readProject(root, 'duckdb', 'duckdb')",
  );
  if (changed === text) throw new Error(`${file} does not render for Redshift where this test knows it`);
  await writeFile(file, changed);
};

/** What dev has only if it is asked for. */
const shown = ['--param', 'dashboard=true', '--param', 'quietAlarm=true'];

/** Copies the service into a folder of its own, to be deployed with the environment of an emulator only. */
export const openService = async (
  environment: Readonly<Record<string, string>>,
  stage = 'dev',
): Promise<Service> => {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'soundcheck-service-'));
  await copyService(folder);
  await forDuckDb(folder);
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, SLS_TELEMETRY_DISABLED: '1' },
    // Milliseconds between two looks at the stack.
    SLS_AWS_MONITORING_FREQUENCY: '200',
    ...environment,
  };
  return {
    sls: async (command, ...options) => {
      const given = [command, '--stage', stage, ...shown, ...options];
      const settings = { cwd: folder, env, timeout: 280_000 };
      try {
        const { stdout, stderr } = await promisify(execFile)(
          join(folder, 'node_modules/.bin/sls'),
          given,
          settings,
        );
        return `${stdout}${stderr}`;
      } catch (error) {
        const { stdout, stderr } = error as { stdout?: string; stderr?: string };
        throw new Error(`sls ${given.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
      }
    },
    takePackage: (path, name) => cp(path, join(folder, name), { recursive: true }),
    keepPackage: (name) => cp(join(folder, '.serverless'), join(folder, name), { recursive: true }),
    changePackage: async (from, to, change) => {
      await cp(join(folder, from), join(folder, to), { recursive: true });
      const file = join(folder, to, 'serverless-state.json');
      const state = JSON.parse(await readFile(file, 'utf8'));
      const { Resources } = state.service.provider.compiledCloudFormationTemplate;
      Object.assign(Resources, change(Resources));
      await writeFile(file, JSON.stringify(state));
    },
    template: async (name) =>
      JSON.parse(await readFile(join(folder, name, 'cloudformation-template-update-stack.json'), 'utf8')),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
