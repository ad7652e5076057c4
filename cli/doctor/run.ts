import { styleText } from 'node:util';
import { deadLetters, stageAt } from '../aws/index.ts';
import { answer, oneLine } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';
import { manifestTexts } from '../target/datasets.ts';
import { datasetsNamed } from '../target/known-datasets.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { datasetProblems } from './datasets.ts';
import { diskProblems } from './disk.ts';
import { martProblems } from './marts.ts';
import type { Problem } from './problem.ts';
import { projectVersion } from './project-version.ts';
import { stageProblems } from './stage.ts';
import { sweepProblems } from './sweep.ts';
import { warehouseProblems } from './warehouse.ts';

/** Checks a laptop cloud or a stage, and prints what was found with a command for each; exit code 1 if there is anything. */
export const examine = async (flags: TargetFlags): Promise<void> =>
  onTarget(flags, async (target) => {
    const found = await problemsOf(target, flags);
    answer(flags, { problems: found }, linesOf(found));
    if (found.length > 0) process.exitCode = 1;
  });

const problemsOf = async (target: Target, { stage }: TargetFlags): Promise<Problem[]> => {
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
    ...(await warehouseProblems(target)),
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
