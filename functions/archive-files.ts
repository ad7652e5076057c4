import pLimit from 'p-limit';
import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { lambda } from './adapters/lambda.ts';
import { s3Files } from './adapters/s3-files.ts';
import {
  anyFile,
  archiveKey,
  BatchEvent,
  type Clock,
  FileEvent,
  type FileIn,
  type FileRecord,
  type Files,
  fileId,
  inLedger,
  type Ledger,
  type Log,
  lookAgainFor,
  parseFileId,
  quarantineKey,
  quarantineRows,
  readName,
  repairsOf,
  transformSpec,
} from './pipeline/index.ts';

const Input = z.union([FileEvent, BatchEvent, lookAgainFor('archive-files')]);
type Input = z.infer<typeof Input>;

type Ports = { files: Files; ledger: Ledger; clock: Clock; log: Log };

/** Moves files with a final state out of landing: rejected ones to quarantine, all others to the archive. */
export const archiveFiles =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    const records = await recordsOf(ports, input);
    await pLimit(8).map(records, (record) => moveAway(ports, record));
  };

const recordsOf = (ports: Ports, input: Input): Promise<readonly FileRecord[]> => {
  if ('command' in input) return ofFile(ports, input.id);
  return 'batch' in input.detail ? ofBatch(ports, input.detail.batch) : ofFile(ports, input.detail.file);
};

const ofFile = async ({ ledger }: Ports, id: string): Promise<readonly FileRecord[]> => {
  const record = await ledger.files.find(parseFileId(id));
  return record ? [record] : [];
};

/** Every version of the batch's keys and their repairs: what it published may have superseded others. */
const ofBatch = async ({ files, ledger }: Ports, id: string): Promise<readonly FileRecord[]> => {
  const spec = await transformSpec(files, id);
  const records = await ledger.files.findAll(spec.files.map(inLedger));
  const versions = await pLimit(8).map(records, async (record) =>
    record.number > 1 ? ledger.files.versionsOf(record.key) : [record],
  );
  const older = versions.filter((all) => all.length > 1).flat();
  return [...versions.flat(), ...(await repairsOf(ledger, older))];
};

const moveAway = async (ports: Ports, file: FileRecord): Promise<void> => {
  if (anyFile(file).archived_at || ['quarantined', 'missing'].includes(file.state))
    return ports.ledger.files.dequeue(file);
  if (readName(file.key).kind === 'marker') return ports.ledger.files.dequeue(file);
  if (file.state === 'published' || file.state === 'superseded' || file.state === 'ignored')
    return archive(ports, file);
  if (file.state === 'rejected') return quarantine(ports, file);
};

const archive = async (ports: Ports, file: FileIn<'published' | 'superseded' | 'ignored'>): Promise<void> => {
  if (file.state === 'published') await quarantineRows(ports.files, file);
  const stored_as = archiveKey(file);
  if (!(await moveBytes(ports, file, stored_as))) return;
  await settled(ports, await ports.ledger.files.amend(file, { archived_at: ports.clock.now(), stored_as }));
};

const quarantine = async (ports: Ports, file: FileRecord): Promise<void> => {
  const stored_as = quarantineKey(file);
  if (!(await moveBytes(ports, file, stored_as))) return;
  const patch = { archived_at: ports.clock.now(), stored_as };
  await settled(ports, await ports.ledger.files.move(file, 'quarantined', patch));
};

/** First copied and compared, then deleted; an interrupted move is found by its copy. */
const moveBytes = async ({ files, log }: Ports, file: FileRecord, to: string): Promise<boolean> => {
  if ((await files.copy(file, to, anyFile(file).sha256)) === 'gone' && !(await files.exists(to))) {
    log.error('bytes are gone', { file: fileId(file), state: file.state });
    return false;
  }
  await files.remove(file);
  return true;
};

const settled = async ({ ledger, log }: Ports, file: FileRecord | undefined): Promise<void> => {
  if (!file) return;
  await ledger.files.dequeue(file);
  log.info('file moved', {
    file: fileId(file),
    dataset: file.dataset,
    state: file.state,
    to: anyFile(file).stored_as,
  });
};

export const handler = lambda(Input, archiveFiles, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  clock,
  log,
}));
