import { basename } from 'node:path';
import {
  type AnyFile,
  anyFile,
  type FileVersion,
  fileId,
  landingRoot,
  readName,
  reportsOf,
  restingPlaces,
  rowsFileOf,
} from '../../../functions/pipeline/index.ts';
import { nextCommand, npmCloud } from '../../output/next-command.ts';
import { datasetName } from '../../target/known-datasets.ts';
import type { Problem } from '../problem.ts';
import type { Compared, StatePorts } from './ports.ts';

type Ports = Pick<StatePorts, 'files' | 'ledger'>;

/** File versions whose records are read together. */
const atOnce = 500;

/** Compares the ledger's files with the objects in landing, archive and quarantine. It holds the keys of all of them. */
export const ledgerProblems = async (
  ports: Ports,
): Promise<{ problems: Problem[]; counts: Pick<Compared, 'files'> }> => {
  const unknown = new Set(await ports.files.list(landingRoot));
  const there = new Set(unknown);
  const problems: Problem[] = [];
  let files = 0;
  for (const dataset of await ports.ledger.files.datasets())
    for await (const { file, record } of recordsOf(ports, dataset)) {
      files += 1;
      if (record === undefined) problems.push(recordIsMissing(dataset, file));
      const places = record ? placesOf(record) : [file.key];
      for (const place of places) unknown.delete(place);
      const lost = record && places.find((place) => !there.has(place));
      if (record && lost !== undefined) problems.push(objectIsMissing(record, lost));
    }
  return { problems: [...problems, ...[...unknown].flatMap(objectIsUnknown)], counts: { files } };
};

async function* recordsOf({ ledger }: Ports, dataset: string) {
  const landed = await ledger.files.landed(dataset);
  for (let from = 0; from < landed.length; from += atOnce) {
    const some = landed.slice(from, from + atOnce);
    const records = new Map((await ledger.files.findAll(some)).map((one) => [fileId(one), anyFile(one)]));
    for (const file of some) yield { file, record: records.get(fileId(file)) };
  }
}

/** Objects that a file has by its record: its bytes, its reports and its rows file. */
const placesOf = (record: AnyFile): string[] => {
  const { state, key, stored_as } = record;
  const isGone = state === 'missing' || (state === 'superseded' && stored_as === undefined);
  const bytes = stored_as ?? (isGone ? undefined : key);
  const isMoving = stored_as === undefined;
  const beside = isMoving ? [] : [...reportsOf(record), rowsFileOf(record)];
  return [bytes, ...beside].filter((place) => place !== undefined);
};

const recordIsMissing = (dataset: string, file: FileVersion): Problem => ({
  ...{ check: 'ledger', about: datasetName(dataset) },
  message: `the ledger lists ${fileId(file)}, but has no record of it; land the file again`,
  next: nextCommand('land', basename(file.key)),
});

const objectIsMissing = (record: AnyFile, place: string): Problem => ({
  ...{ check: 'ledger', about: datasetName(record.dataset) },
  message: `${fileId(record)} is ${record.state}, but ${place} is not in the lake; put back a copy of the state folder, or land the file again`,
  next: nextCommand('land', basename(record.key)),
});

/** Manifests and markers are no files of the ledger. */
const objectIsUnknown = (key: string): Problem[] => {
  const isKept = restingPlaces.some((prefix) => key.startsWith(prefix));
  const { kind } = readName(key);
  if (!isKept && kind !== 'file' && kind !== 'rejected') return [];
  const message = isKept
    ? `${key} belongs to no file of the ledger, which may be an older one; put back a copy of the state folder`
    : `${key} has landed, but the ledger does not know it; the sweep of a running cloud finds it`;
  return [{ check: 'ledger', about: 'lake', message, next: isKept ? nextCommand('runs') : npmCloud() }];
};
