import * as z from 'zod';
import { S3Error } from './error.ts';
import { removing } from './needs.ts';
import { versionHeader } from './object-headers.ts';
import type { Removal } from './object-store.ts';
import { type Reply, xmlReply } from './reply.ts';
import { checkKey, type S3Request } from './request.ts';
import { receiveText } from './request-body.ts';
import type { Store } from './store.ts';
import { type Element, parseXml } from './xml.ts';

const mostKeys = 1000;

const Delete = z.object({
  Delete: z.object({
    Object: z
      .array(
        z.object({ Key: z.string().min(1), VersionId: z.string().optional(), ETag: z.string().optional() }),
      )
      .min(1)
      .max(mostKeys),
    Quiet: z.string().optional(),
  }),
});
type Target = z.infer<typeof Delete>['Delete']['Object'][number];

/** DeleteObject. */
export const deleteObject = async (
  store: Store,
  { bucket: name, key, query, header }: S3Request,
): Promise<Reply> => {
  const bucket = store.buckets.named(name);
  const { removed, marker } = await store.objects.remove(
    name,
    key,
    query.get('versionId') ?? undefined,
    header('if-match'),
  );
  const touched = removed ?? marker;
  return {
    status: 204,
    headers: {
      ...(touched && (marker || query.has('versionId')) ? versionHeader(bucket, touched.versionId) : {}),
      ...(touched && touched.blob === undefined ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  };
};

const deletedElement = ({ Key, VersionId }: Target, { removed, marker }: Removal): Element => {
  const deleteMarker = marker ?? (removed && removed.blob === undefined ? removed : undefined);
  return [
    'Deleted',
    [
      ['Key', Key],
      ['VersionId', VersionId],
      ['DeleteMarker', deleteMarker && true],
      ['DeleteMarkerVersionId', deleteMarker?.versionId],
    ],
  ];
};

const deleteOne = async (
  store: Store,
  { bucket, expect }: S3Request,
  target: Target,
  isQuiet: boolean,
): Promise<Element[]> => {
  try {
    expect(removing(bucket, target.Key, target.VersionId || null));
    const removal = await store.objects.remove(
      bucket,
      checkKey(target.Key),
      target.VersionId || undefined,
      target.ETag,
    );
    return isQuiet ? [] : [deletedElement(target, removal)];
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const { Key, VersionId } = target;
    return [
      [
        'Error',
        [
          ['Key', Key],
          ['VersionId', VersionId],
          ['Code', error.name],
          ['Message', error.message],
        ],
      ],
    ];
  }
};

/** DeleteObjects: up to 1,000 keys, each with its own outcome. */
export const deleteObjects = async (store: Store, request: S3Request): Promise<Reply> => {
  store.buckets.named(request.bucket);
  const parsed = Delete.safeParse(parseXml(await receiveText(request)));
  if (!parsed.success) throw new S3Error('MalformedXML');
  const { Object: targets, Quiet } = parsed.data.Delete;
  const isQuiet = Quiet?.trim() === 'true';
  const results = await Promise.all(targets.map((target) => deleteOne(store, request, target, isQuiet)));
  return xmlReply('DeleteResult', results.flat());
};
