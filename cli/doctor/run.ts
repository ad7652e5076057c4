import { styleText } from 'node:util';
import { deadLetters, stageAt } from '../aws/index.ts';
import { answer, oneLine } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';
import { manifestTexts } from '../target/datasets.ts';
import { datasetsNamed } from '../target/known-datasets.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { datasetFindings } from './datasets.ts';
import type { Finding } from './finding.ts';
import { martFindings } from './marts.ts';
import { stageFindings } from './stage.ts';
import { warehouseFindings } from './warehouse.ts';

/** Checks a laptop cloud or a stage, and prints what was found with a command for each; exit code 1 if there is anything. */
export const examine = async (flags: TargetFlags): Promise<void> =>
  onTarget(flags, async (target) => {
    const found = await findingsOf(target, flags);
    answer(flags, { findings: found }, linesOf(found));
    if (found.length > 0) process.exitCode = 1;
  });

const findingsOf = async (target: Target, { stage }: TargetFlags): Promise<Finding[]> => {
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
  const ofDatasets = await Promise.all(datasets.map((dataset) => datasetFindings(ports, dataset)));
  const ofMarts = await Promise.all(
    Object.values(catalog.marts).map((mart) =>
      martFindings(
        { ledger, now, deploys: isLaptop ? nextCommand('retry', '--mart', mart.name) : deploys },
        mart,
      ),
    ),
  );
  return [
    ...(isLaptop ? [] : await stageFindings({ stage: stageAt(stack), stack, deploys })),
    ...(await warehouseFindings(target)),
    ...(await queueFindings(stack)),
    ...ofDatasets.flat(),
    ...ofMarts.flat(),
  ];
};

const deploying = (stack: string, stage = stack.slice(stack.indexOf('-') + 1)): string =>
  `npx sls deploy --stage ${stage}`;

const queueFindings = async (stack: string): Promise<Finding[]> => {
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
            problem: `${count(letters, 'event')} that ${purpose[queue]}; the sweep has found the work since, so purge the queue if nothing is stuck`,
            next: nextCommand('runs', '--open'),
          },
        ],
  );
};

/** One line for each finding, with one command. */
const linesOf = (found: readonly Finding[]): string[] =>
  found.length === 0
    ? [styleText('green', 'Nothing is missing, stuck or misconfigured.')]
    : found.map(({ about, problem, next }) =>
        oneLine(`${styleText('bold', about)}: ${problem}: ${styleText('cyan', next)}`),
      );
