import { dynamoLedger } from '../../functions/adapters/dynamo-ledger.ts';
import { retryParked } from '../../functions/domain/batch-run.ts';
import { fileEvent } from '../../functions/domain/events.ts';
import { fileId } from '../../functions/domain/landing.ts';
import { pause } from './follow.ts';
import { type CloudFlags, openCloud } from './options.ts';

/** Gives the parked files of a dataset another chance and waits until each is published, refused or parked again. */
export const retry = async (dataset: string, flags: CloudFlags): Promise<void> => {
  const cloud = await openCloud(flags);
  try {
    const ledger = dynamoLedger(cloud.environment.LEDGER_TABLE ?? '');
    const retried = await retryParked(ledger, dataset);
    const [first] = retried;
    if (!first) return console.log(`No file of ${dataset} is parked.`);
    await cloud.invoke('run-transform', fileEvent('File Accepted', first));
    for (const file of retried) {
      let record = await ledger.file(file);
      for (; record?.state === 'accepted' || record?.state === 'claimed'; record = await ledger.file(file))
        await pause();
      console.log(`${fileId(file)} is ${record?.state}${record?.reason ? `: ${record.reason}` : ''}`);
    }
  } finally {
    await cloud.stop();
  }
};
