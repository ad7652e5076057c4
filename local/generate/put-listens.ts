import { setTimeout as wait } from 'node:timers/promises';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { generateText } from './datasets.ts';
import { listenOf } from './streams.ts';
import type { WriteOptions } from './write-dataset.ts';

const mostRecords = 500;
const mostTries = 10;

/** Puts generated listens into a Firehose stream, each as a record of its own. Throws `ListensNotTaken`. */
export const putListens = async (
  stream: string,
  { dataset, rows, seed, progress = () => {} }: WriteOptions,
): Promise<void> => {
  const client = new FirehoseClient();
  let done = 0;
  try {
    for (const { text } of generateText(dataset, rows, seed)) {
      const records = (text.match(/.+\n/g) ?? []).map((line) => Buffer.from(listenOf(line)));
      for (let at = 0; at < records.length; at += mostRecords) {
        const batch = records.slice(at, at + mostRecords);
        await putBatch(client, stream, batch);
        done += batch.length;
        progress(done);
      }
    }
  } finally {
    client.destroy();
  }
};

/** A stream under load takes a part of a batch; the others are put again. */
const putBatch = async (client: FirehoseClient, stream: string, batch: readonly Buffer[]): Promise<void> => {
  let left = batch;
  for (let tries = 0; tries < mostTries; tries++) {
    const Records = left.map((Data) => ({ Data }));
    const put = new PutRecordBatchCommand({ DeliveryStreamName: stream, Records });
    const { RequestResponses = [] } = await client.send(put);
    left = left.filter((_, place) => RequestResponses[place]?.ErrorCode !== undefined);
    if (left.length === 0) return;
    await wait(100 * 2 ** tries);
  }
  throw new ListensNotTaken(stream, left.length);
};

/** A stream took none of some records, however often they were put. */
export class ListensNotTaken extends Error {
  override readonly name = 'ListensNotTaken';

  constructor(
    readonly stream: string,
    readonly records: number,
  ) {
    super(`${stream} does not take ${records} records; put fewer at once, or ask for a higher limit`);
  }
}
