import { retryParked } from '../../functions/domain/batch-run.ts';
import { fileEvent } from '../../functions/domain/events.ts';
import { fileId } from '../../functions/domain/landing.ts';
import type { FileRecord } from '../../functions/domain/ledger.ts';
import type { Ledger } from '../../functions/domain/ports.ts';
import { answer } from './answer.ts';
import { recordDocument } from './file-document.ts';
import { pause } from './follow.ts';
import { onTarget, type TargetFlags } from './target.ts';

/** Gives the parked files of a dataset another chance and waits until each is published, refused or parked again. */
export const retry = async (dataset: string, flags: TargetFlags): Promise<void> =>
  onTarget(flags, async ({ ledger, functions }) => {
    const retried = await retryParked(ledger, dataset);
    const [first] = retried;
    if (!first) return answer(flags, { files: [] }, [`No file of ${dataset} is parked.`]);
    await functions.invoke('run-transform', fileEvent('File Accepted', first));
    const files = await Promise.all(retried.map((file) => atRest(ledger, file)));
    answer(flags, { files: files.map(recordDocument) }, files.map(sentence));
  });

const atRest = async (ledger: Ledger, file: FileRecord): Promise<FileRecord> => {
  let record = file;
  while (record.state === 'accepted' || record.state === 'claimed') {
    await pause();
    record = (await ledger.file(file)) ?? record;
  }
  return record;
};

const sentence = (file: FileRecord): string =>
  `${fileId(file)} is ${file.state}${file.reason ? `: ${file.reason}` : ''}`;
