import { catalogOfState } from '../../local/cloud/index.ts';
import { interrupted } from '../exit-codes.ts';
import { fedMarts } from '../follow/fed-marts.ts';
import { followingOn, watch } from '../follow/watch.ts';
import type { CloudFlags } from '../options.ts';
import { answer, inParts } from '../output/answer.ts';
import { fileDocument } from '../output/file-document.ts';
import { npmCloud, npmStart } from '../output/next-command.ts';
import { pullDocument, pullLines } from '../output/pull-lines.ts';
import { CannotLand, withDatasets } from '../target/datasets.ts';
import { finishDeployment } from '../target/finish-deployment.ts';
import type { LandedFile } from '../target/landing.ts';
import { type OpenCloud, openCloud, stopOnSignal } from '../target/open-cloud.ts';
import { martsOfState, portsOf } from '../target/target.ts';
import { balanceLines, knownLines } from './balance.ts';
import { quarantineLines } from './quarantine.ts';
import { landAll, runSample } from './sample.ts';

export type StartFlags = CloudFlags & { readonly dataset?: string };

/**
 * Starts a cloud, lands files, shows their progress until all are done, and reads the KPIs; exit code 1 if a file is not done.
 */
export const start = async (paths: readonly string[], flags: StartFlags): Promise<void> => {
  if (flags.dataset !== undefined && paths.length === 0)
    throw new CannotLand('--dataset needs files: name them, too');
  const files = paths.length > 0 ? await withDatasets(paths, flags.dataset) : [];
  const began = Date.now();
  const cloud = await openCloud(flags, { withSources: true });
  const stopped = stopOnSignal(cloud);
  outputOf(flags).write(
    `The laptop cloud is up on ${cloud.endpoint} (${((Date.now() - began) / 1000).toFixed(1)} s)\n\n`,
  );
  const job = run(cloud, files, flags).finally(() => cloud.stop());
  // A pending request to the stopped cloud must not keep the process alive.
  if ((await Promise.race([job, stopped])) === 'stopped') process.exit(interrupted);
};

const run = async (
  { environment, sourcesReady }: OpenCloud,
  given: readonly { path: string; dataset: string }[],
  flags: StartFlags,
): Promise<void> => {
  const { LAKE_BUCKET = '', LEDGER_TABLE = '' } = environment;
  const ports = portsOf({ LAKE_BUCKET, LEDGER_TABLE });
  const { files, landings, ledger, kpis } = ports;
  const marts = await martsOfState(flags.state);
  await finishDeployment(ports);
  const [following, began] = [followingOn({ ledger, files, isLaptop: true }, marts), Date.now()];
  const see = (landed: readonly LandedFile[]) => watch(following, landed, outputOf(flags), began);
  const catalog = () => catalogOfState(flags.state);
  const { seen, pulled } =
    given.length > 0
      ? { seen: await see(await landAll(landings, given)), pulled: [] }
      : await runSample({
          ...ports,
          catalog,
          sourcesReady,
          isLaptop: true,
          see,
          began,
          output: outputOf(flags),
        });
  const fed = await fedMarts({ files, ledger, kpis }, marts, seen, kpisTake);
  const lines = inParts(
    pulled.flatMap(pullLines),
    knownLines(seen),
    ...fed.kpis,
    balanceLines(seen),
    await quarantineLines(files, seen),
    ...fed.problems,
    nextSteps(flags),
  );
  const pulls = pulled.map(pullDocument);
  answer(flags, { pulls, files: seen.map(fileDocument), marts: fed.marts }, lines);
  const isStuck = seen.some(({ stage }) => ['parked', 'waiting', 'missing'].includes(stage));
  const isPulled = pulled.every(({ state }) => state === 'landed');
  if (isStuck || !isPulled || !fed.isShown) process.exitCode = 1;
};

/** Milliseconds to wait for KPIs of files that an earlier start left. */
const kpisTake = 180_000;

/** Progress goes to standard output; with `--json` to standard error. */
const outputOf = ({ json }: StartFlags): NodeJS.WriteStream => (json ? process.stderr : process.stdout);

const nextSteps = ({ engine }: StartFlags): string[] => {
  const again = engine === undefined ? ['--fresh'] : ['--fresh', '--engine', engine];
  const steps = [
    [npmStart('path/to/streams7.csv'), 'land your own file'],
    [npmCloud(), 'run the cloud for any AWS client'],
    [npmStart(...again), 'start again with an empty state'],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return ['Next:', ...steps.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`)];
};
