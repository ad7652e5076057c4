import {
  type Catalog,
  datasetRuns,
  type Files,
  failedBatch,
  isOver,
  type Ledger,
  manifestKey,
  type PullRecord,
} from '../../functions/pipeline/index.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';
import { shortTime } from '../output/states.ts';
import { needsReprocess, outdatedLines, publishedBy } from '../reprocess/published-by.ts';
import { datasetName } from '../target/known-datasets.ts';
import { type Problem, usualWait } from './problem.ts';

/** What is checked of each dataset, from the ledger and the lake. */

type Ports = {
  readonly files: Files;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly now: string;
  /** The manifests of `rules/` by dataset, and the command that puts them into the lake. */
  readonly manifests: ReadonlyMap<string, string>;
  readonly putsManifest: (dataset: string) => string;
};

/** Problems of one dataset. */
export const datasetProblems = async (ports: Ports, dataset: string): Promise<Problem[]> => {
  const { ledger } = ports;
  const waiting = await ledger.files.waiting(dataset);
  const runs = await datasetRuns(ledger, dataset, 1);
  const about = datasetName(dataset);
  const parked = waiting.filter(({ state }) => state === 'parked');
  const late = waiting.filter(
    ({ state, landed_at }) =>
      ['landed', 'accepted', 'claimed'].includes(state) && isOver(landed_at, usualWait, ports.now),
  );
  const missing = runs.files.filter(({ state }) => state === 'missing');
  const [first, gone] = [late[0], missing[0]];
  const failed = failedBatch(runs);
  return [
    ...(first
      ? [
          {
            ...{ check: 'waiting', about },
            message: `${count(late.length, 'file')} waited for more than an hour, the first is ${first.key} since ${shortTime(first.landed_at)}`,
            next: nextCommand('runs', ...(dataset ? [dataset] : []), '--open'),
          },
        ]
      : []),
    ...(parked.length > 0
      ? [
          {
            ...{ check: 'parked', about },
            message: `${count(parked.length, 'file')} parked, because the runs failed twice while the file was alone`,
            next: nextCommand('retry', dataset),
          },
        ]
      : []),
    ...(gone
      ? [
          {
            ...{ check: 'missing', about },
            message: `the bytes of ${count(missing.length, 'file')} are gone, the first is ${gone.key}`,
            next: nextCommand('land', gone.key.slice(gone.key.lastIndexOf('/') + 1)),
          },
        ]
      : []),
    ...(failed
      ? [
          {
            ...{ check: 'batch', about },
            message: `batch ${failed.id} failed: ${failed.reason ?? 'the reason is not known'}`,
            next: nextCommand('runs', dataset),
          },
        ]
      : []),
    ...(await manifestProblems(ports, dataset)),
    ...(await outdatedProblems(ports, dataset)),
    ...(ports.catalog.datasets[dataset]?.source ? await pullProblems(ports, dataset) : []),
  ];
};

const manifestProblems = async (
  { files, manifests, putsManifest }: Ports,
  dataset: string,
): Promise<Problem[]> => {
  const here = manifests.get(dataset);
  if (here === undefined) return [];
  const key = manifestKey(dataset);
  const there = await files.readText(key);
  if (there === here) return [];
  const message =
    there === undefined ? `${key} is not in the lake` : `${key} differs from rules/${dataset}/manifest.json`;
  return [{ check: 'manifest', about: dataset, message, next: putsManifest(dataset) }];
};

const outdatedProblems = async (ports: Ports, dataset: string): Promise<Problem[]> => {
  const made = await publishedBy(ports, dataset, ports.catalog);
  if (!needsReprocess(made)) return [];
  const next = nextCommand('reprocess', dataset);
  const message = outdatedLines(made).join(' ').replace(`: ${next}`, '');
  return [{ check: 'outdated', about: dataset, message, next }];
};

const pullProblems = async ({ ledger, now }: Ports, dataset: string): Promise<Problem[]> =>
  (await ledger.pulls.of(dataset)).flatMap((pull) => pullProblem(pull, now));

/** A pull that ends only if a person does something, or that nobody has begun. */
const pullProblem = (pull: PullRecord, now: string): Problem[] => {
  const { source, from, to } = pull;
  const again = ['pull', source, '--from', from, '--to', to];
  const found = (message: string, ...more: string[]) => [
    { check: 'pull', about: source, message, next: nextCommand(...again, ...more) },
  ];
  if (pull.state === 'parked')
    return found(`the pull ${from} to ${to} is parked: ${pull.reason}`, '--confirm');
  if (pull.state === 'failed' && pull.retry_at === undefined)
    return found(`the pull ${from} to ${to} is given up: ${pull.reason}`);
  if (pull.state === 'asked' && isOver(pull.asked_at, usualWait, now))
    return found(`the pull ${from} to ${to} has not begun`);
  return [];
};
