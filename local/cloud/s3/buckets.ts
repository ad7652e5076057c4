import * as z from 'zod';
import { REGION } from '../environment.ts';
import { S3Error } from './error.ts';
import { uploadsOf, versionsOf } from './index-keys.ts';
import { owner } from './list-objects.ts';
import { type Reply, xmlReply } from './reply.ts';
import type { S3Request } from './request.ts';
import { receiveText } from './request-body.ts';
import type { Store } from './store.ts';
import { type Element, parseXml } from './xml.ts';

const Versioning = z.object({
  VersioningConfiguration: z.object({ Status: z.enum(['Enabled', 'Suspended']) }),
});

/** ListBuckets. */
export const listBuckets = async ({ buckets }: Store): Promise<Reply> =>
  xmlReply('ListAllMyBucketsResult', [
    ['Owner', owner],
    [
      'Buckets',
      buckets.all().map(
        ({ name, createdAt }): Element => [
          'Bucket',
          [
            ['Name', name],
            ['CreationDate', createdAt],
          ],
        ],
      ),
    ],
  ]);

/** CreateBucket: without versioning, and without events. */
export const createBucket = async ({ buckets }: Store, { bucket }: S3Request): Promise<Reply> => {
  await buckets.create(bucket, { isAnnounced: false });
  return { status: 200, headers: { location: `/${bucket}` } };
};

/** HeadBucket. */
export const headBucket = async ({ buckets }: Store, { bucket }: S3Request): Promise<Reply> => {
  buckets.named(bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': REGION } };
};

/** DeleteBucket. */
export const deleteBucket = ({ buckets, index, turns }: Store, { bucket }: S3Request): Promise<Reply> =>
  // Nothing is put into the bucket between the look at it and its end.
  turns.take(async () => {
    buckets.named(bucket);
    for (const [positions, open] of [
      [versionsOf(bucket), index.versions.cursor],
      [uploadsOf(bucket), index.uploads.cursor],
    ] as const) {
      const cursor = open({ gte: positions.atPrefix(''), lt: positions.behindPrefix('') });
      const first = await cursor.next();
      await cursor.close();
      if (first) throw new S3Error('BucketNotEmpty', { details: { BucketName: bucket } });
    }
    await buckets.remove(bucket);
    return { status: 204 };
  });

/** GetBucketLocation. */
export const getBucketLocation = async ({ buckets }: Store, { bucket }: S3Request): Promise<Reply> => {
  buckets.named(bucket);
  return xmlReply('LocationConstraint', REGION);
};

/** GetBucketVersioning. */
export const getBucketVersioning = async ({ buckets }: Store, { bucket }: S3Request): Promise<Reply> =>
  xmlReply('VersioningConfiguration', [['Status', buckets.named(bucket).versioning]]);

/** PutBucketVersioning. */
export const putBucketVersioning = async ({ buckets }: Store, request: S3Request): Promise<Reply> => {
  buckets.named(request.bucket);
  const parsed = Versioning.safeParse(parseXml(await receiveText(request)));
  if (!parsed.success) throw new S3Error('MalformedXML');
  const { Status: versioning } = parsed.data.VersioningConfiguration;
  await buckets.change(request.bucket, (bucket) => ({ ...bucket, versioning }));
  return { status: 200 };
};
