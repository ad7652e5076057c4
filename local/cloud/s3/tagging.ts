import * as z from 'zod';
import { S3Error } from './error.ts';
import { checkTags, versionHeader } from './object-headers.ts';
import { findStored } from './read-object.ts';
import { type Reply, xmlReply } from './reply.ts';
import type { S3Request } from './request.ts';
import { receiveText } from './request-body.ts';
import type { Store } from './store.ts';
import { type Element, parseXml } from './xml.ts';

const Tag = z.object({ Key: z.string(), Value: z.string() });
const TagSet = z.union([z.object({ Tag: z.array(Tag) }), z.string().transform(() => ({ Tag: [] }))]);
const Tagging = z.object({ Tagging: z.object({ TagSet }) });

const findTagged = (store: Store, { bucket, key, query }: S3Request) =>
  findStored(store, bucket, key, query.get('versionId'));

/** GetObjectTagging. */
export const getObjectTagging = async (store: Store, request: S3Request): Promise<Reply> => {
  const version = await findTagged(store, request);
  const tags = Object.entries(version.tags).map(
    ([key, value]): Element => [
      'Tag',
      [
        ['Key', key],
        ['Value', value],
      ],
    ],
  );
  return xmlReply(
    'Tagging',
    [['TagSet', tags]],
    versionHeader(store.buckets.named(request.bucket), version.versionId),
  );
};

/** PutObjectTagging. */
export const putObjectTagging = async (store: Store, request: S3Request): Promise<Reply> => {
  const version = await findTagged(store, request);
  const parsed = Tagging.safeParse(parseXml(await receiveText(request)));
  if (!parsed.success) throw new S3Error('MalformedXML');
  const tags = parsed.data.Tagging.TagSet.Tag.map(({ Key, Value }) => [Key, Value] as const);
  await store.objects.tag(request.bucket, version, checkTags(tags));
  return { status: 200, headers: versionHeader(store.buckets.named(request.bucket), version.versionId) };
};

/** DeleteObjectTagging. */
export const deleteObjectTagging = async (store: Store, request: S3Request): Promise<Reply> => {
  const version = await findTagged(store, request);
  await store.objects.tag(request.bucket, version, {});
  return { status: 204, headers: versionHeader(store.buckets.named(request.bucket), version.versionId) };
};
