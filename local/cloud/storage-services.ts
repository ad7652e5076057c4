import { join } from 'node:path';
import type { Access } from './access/access.ts';
import { openDynamo } from './dynamo/dynamo.ts';
import { objectCreated } from './events/object-created.ts';
import { openFirehose } from './firehose/firehose.ts';
import type { Publish } from './protocol.ts';
import { type LocalS3, openS3 } from './s3/s3.ts';
import type { ServicesOptions } from './service-options.ts';

/** Services that store what they are given: tables, files and streams. */

export const openTables = async ({ state, deployment, closers, clock }: ServicesOptions) => {
  const dynamodb = await openDynamo(join(state, 'dynamo'), clock.now);
  closers.add('tables', dynamodb.close);
  await dynamodb.createTables(deployment.tables);
  return dynamodb;
};

export const openFiles = async (
  { state, deployment, closers, clock, disk, log: complain }: ServicesOptions,
  publish: Publish,
): Promise<LocalS3> => {
  const s3 = await openS3({
    directory: join(state, 's3'),
    onObject: (object) => publish(objectCreated(object)),
    disk,
    clock: () => new Date(clock.now()),
    complain,
  });
  closers.add('files', () => s3.close());
  for (const { name, ...settings } of deployment.buckets) await s3.createBucket(name, settings);
  return s3;
};

export const openStreams = async (
  { state, deployment, closers, disk, log: complain }: ServicesOptions,
  s3: LocalS3,
  access: Access,
) => {
  const firehose = await openFirehose({
    directory: join(state, 'firehose'),
    streams: deployment.streams,
    put: async ({ role, name, bucket }, key, bytes) => {
      const resource = `arn:aws:s3:::${bucket}/${key}`;
      access.expect(access.callerOf(access.keyOf(role, name)), [{ action: 's3:PutObject', resource }]);
      await s3.put(bucket, key, bytes);
    },
    disk,
    complain,
  });
  closers.add('streams', () => firehose.close());
  return firehose;
};
