import { styleText } from 'node:util';
import { scanKpis } from '../../functions/adapters/dynamo-kpis.ts';
import { redshiftQueries } from '../../functions/adapters/redshift-queries.ts';
import { type Catalog, kpiTable } from '../../functions/pipeline/index.ts';
import { catalogOfState, engineOfState } from '../../local/cloud/index.ts';
import { DamagedState, expectBegun } from '../../local/state/index.ts';
import { deadLetters, stageAt } from '../aws/index.ts';
import { projectRoot } from '../options.ts';
import { answer, oneLine } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { nextCommand, npmCloud, npmStart } from '../output/next-command.ts';
import { manifestTexts } from '../target/datasets.ts';
import { datasetsNamed } from '../target/known-datasets.ts';
import { laptopWarehouse } from '../target/laptop-warehouse.ts';
import { examinedAt, runningCloud } from '../target/running-cloud.ts';
import { UnreadableState, withStoppedState } from '../target/stopped-state.ts';
import { onTarget, portsOf, type Target, type TargetFlags } from '../target/target.ts';
import { datasetProblems } from './datasets.ts';
import { diskProblems } from './disk.ts';
import { martProblems } from './marts.ts';
import type { Problem } from './problem.ts';
import { projectVersion } from './project-version.ts';
import { stageProblems } from './stage.ts';
import { comparedLine, compareState } from './state/compare.ts';
import type { Compared, StatePorts } from './state/ports.ts';
import { sweepProblems } from './sweep.ts';
import { warehouseProblems } from './warehouse.ts';

/**
 * Checks a laptop cloud or a stage, and prints what was found with a command for each; exit code 1 if there is anything. A state
 * that is named is also compared with itself; if no cloud runs on it, it is read as it is.
 */
export const examine = async (flags: TargetFlags): Promise<void> => {
  expectBegun(flags.state);
  const { state } = flags;
  if (state !== undefined && !(await runningCloud(state)))
    return tell(flags, await stoppedProblems(state, flags));
  await onTarget(flags, async (target) => {
    const found = await problemsOf(target, flags);
    if (state === undefined || !target.isLaptop) return tell(flags, { problems: found });
    const { problems, compared } = await compareState(await runningPorts(state, target));
    tell(flags, { problems: [...found, ...problems], compared });
  });
};

type Found = { readonly problems: readonly Problem[]; readonly compared?: Compared };

const tell = (flags: TargetFlags, found: Found): void => {
  const { problems, compared } = found;
  answer(flags, found, [...linesOf(problems), ...(compared ? [comparedLine(compared)] : [])]);
  if (problems.length > 0) process.exitCode = 1;
};

const runningPorts = async (
  state: string,
  { stack, files, ledger, catalog }: Target,
): Promise<StatePorts> => ({
  ...{ state, files, ledger, isRunning: true },
  catalog: await catalog(),
  objects: () => examinedAt(process.env.AWS_ENDPOINT_URL ?? ''),
  ask: redshiftQueries(laptopWarehouse).ask,
  kpiItems: () => scanKpis(kpiTable(stack)),
});

/** Of a state on which no cloud runs; nothing in it is changed. */
const stoppedProblems = async (state: string, flags: TargetFlags): Promise<Found> => {
  try {
    return await withStoppedState(state, async ({ environment, objects, ask }) => {
      const { LAKE_BUCKET = '', LEDGER_TABLE = '' } = environment;
      const ports = portsOf({ LAKE_BUCKET, LEDGER_TABLE });
      const { catalog, problems: derived } = await catalogIn(state);
      const target = { ...ports, isLaptop: true, catalog: async () => catalog };
      const found = await problemsOf(target, flags, ask);
      const read = { ...ports, state, catalog, objects, ask, isRunning: false };
      const { problems, compared } = await compareState({
        ...read,
        kpiItems: () => scanKpis(kpiTable(ports.stack)),
      });
      return { problems: [...derived, ...found, ...problems], compared };
    });
  } catch (cause) {
    if (!(cause instanceof UnreadableState || cause instanceof DamagedState)) throw cause;
    const [damage, next] =
      cause instanceof UnreadableState ? [cause.damage, npmStart('--fresh')] : [[cause.message], npmCloud()];
    return { problems: damage.map((message) => ({ check: 'state', about: 'state', message, next })) };
  }
};

/** A catalog that is damaged is made again at the next start; until then it is rendered here. */
const catalogIn = async (state: string): Promise<{ catalog: Catalog; problems: Problem[] }> => {
  try {
    return { catalog: await catalogOfState(state), problems: [] };
  } catch (cause) {
    if (!(cause instanceof DamagedState)) throw cause;
    const { renderCatalog } = await import('../../deploy/index.ts');
    const catalog = await renderCatalog(projectRoot, 'duckdb', engineOfState(state));
    const problem = { check: 'state', about: 'state', message: cause.message, next: npmCloud() };
    return { catalog, problems: [problem] };
  }
};

type Examinable = Pick<Target, 'ledger' | 'stack' | 'files' | 'isLaptop' | 'catalog'>;

const problemsOf = async (
  target: Examinable,
  { stage }: TargetFlags,
  ask?: StatePorts['ask'],
): Promise<Problem[]> => {
  const { ledger, stack, files, isLaptop } = target;
  const [catalog, manifests, datasets] = await Promise.all([
    target.catalog(),
    manifestTexts(),
    datasetsNamed(ledger, undefined),
  ]);
  const now = new Date().toISOString();
  const deploys = deploying(stack, stage);
  const putsManifest = (dataset: string): string => (isLaptop ? nextCommand('retry', dataset) : deploys);
  const ports = { ledger, files, catalog, manifests, putsManifest, now };
  const ofDatasets = await Promise.all(datasets.map((dataset) => datasetProblems(ports, dataset)));
  const ofMarts = await Promise.all(
    Object.values(catalog.marts).map((mart) =>
      martProblems(
        { ledger, now, deploys: isLaptop ? nextCommand('retry', '--mart', mart.name) : deploys },
        mart,
      ),
    ),
  );
  return [
    ...(isLaptop
      ? []
      : await stageProblems({ stage: stageAt(stack), stack, deploys, version: await projectVersion() })),
    ...(isLaptop ? await laptopProblems(process.env.AWS_ENDPOINT_URL ?? '', now) : []),
    ...(await warehouseProblems(target, ask)),
    ...(await queueProblems(stack)),
    ...ofDatasets.flat(),
    ...ofMarts.flat(),
  ];
};

/** On a full disk the sweep cannot end either. */
const laptopProblems = async (endpoint: string, now: string): Promise<Problem[]> => {
  const disk = await diskProblems(endpoint, now);
  return disk.length > 0 ? disk : sweepProblems(endpoint, now);
};

const deploying = (stack: string, stage = stack.slice(stack.indexOf('-') + 1)): string =>
  `npx sls deploy --stage ${stage}`;

const queueProblems = async (stack: string): Promise<Problem[]> => {
  const purpose: Readonly<Record<string, string>> = {
    'undelivered-events': 'reached no function',
    'failed-invocations': 'made a function fail three times',
  };
  return Object.entries(await deadLetters(stack)).flatMap(([queue, letters]) =>
    letters === 0
      ? []
      : [
          {
            ...{ check: 'dead letters', about: `${stack}-${queue}` },
            message: `${count(letters, 'event')} that ${purpose[queue]}; the sweep has found the work since, so purge the queue if nothing is stuck`,
            next: nextCommand('runs', '--open'),
          },
        ],
  );
};

/** One line for each problem, with one command. */
const linesOf = (found: readonly Problem[]): string[] =>
  found.length === 0
    ? [styleText('green', 'Nothing is missing, stuck or misconfigured.')]
    : found.map(({ about, message, next }) =>
        oneLine(`${styleText('bold', about)}: ${message}: ${styleText('cyan', next)}`),
      );
