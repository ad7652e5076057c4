import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
} from './buckets.ts';
import { completeUpload } from './complete-upload.ts';
import { deleteObject, deleteObjects } from './delete-object.ts';
import { S3Error } from './error.ts';
import { deleteLifecycle, getLifecycle, putLifecycle } from './lifecycle/configuration.ts';
import { listObjects, listObjectsV2 } from './list-objects.ts';
import { listParts, listUploads } from './list-uploads.ts';
import { listObjectVersions } from './list-versions.ts';
import { type Needs, onAccount, onBucket, onObject, onUpload, putting, puttingPart } from './needs.ts';
import { getNotification, putNotification } from './notification.ts';
import { getObject, getObjectAttributes, headObject } from './read-object.ts';
import type { Reply } from './reply.ts';
import type { S3Request } from './request.ts';
import type { Store } from './store.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts';
import { abortUpload, createUpload, uploadPart, uploadPartCopy } from './upload-part.ts';
import { copyObject, putObject } from './write-object.ts';

type Operation = (store: Store, request: S3Request) => Promise<Reply>;
type Scope = 'service' | 'bucket' | 'object';

type Route = {
  readonly method: string;
  readonly scope: Scope;
  /** A query parameter that must be present. */
  readonly query?: string;
  readonly isCopy?: true;
  readonly needs: Needs;
  readonly run: Operation;
};

/** Each key has its own answer, also if access to it is denied. */
const perKey: Needs = () => [];

// The first match is taken, so routes with more conditions come first.
const routes: readonly Route[] = [
  { method: 'GET', scope: 'service', needs: onAccount('ListAllMyBuckets'), run: listBuckets },
  {
    method: 'GET',
    scope: 'bucket',
    query: 'location',
    needs: onBucket('GetBucketLocation'),
    run: getBucketLocation,
  },
  {
    method: 'GET',
    scope: 'bucket',
    query: 'versioning',
    needs: onBucket('GetBucketVersioning'),
    run: getBucketVersioning,
  },
  {
    method: 'PUT',
    scope: 'bucket',
    query: 'versioning',
    needs: onBucket('PutBucketVersioning'),
    run: putBucketVersioning,
  },
  {
    method: 'GET',
    scope: 'bucket',
    query: 'lifecycle',
    needs: onBucket('GetLifecycleConfiguration'),
    run: getLifecycle,
  },
  {
    method: 'PUT',
    scope: 'bucket',
    query: 'lifecycle',
    needs: onBucket('PutLifecycleConfiguration'),
    run: putLifecycle,
  },
  {
    method: 'DELETE',
    scope: 'bucket',
    query: 'lifecycle',
    needs: onBucket('PutLifecycleConfiguration'),
    run: deleteLifecycle,
  },
  {
    method: 'GET',
    scope: 'bucket',
    query: 'notification',
    needs: onBucket('GetBucketNotification'),
    run: getNotification,
  },
  {
    method: 'PUT',
    scope: 'bucket',
    query: 'notification',
    needs: onBucket('PutBucketNotification'),
    run: putNotification,
  },
  {
    method: 'GET',
    scope: 'bucket',
    query: 'versions',
    needs: onBucket('ListBucketVersions'),
    run: listObjectVersions,
  },
  {
    method: 'GET',
    scope: 'bucket',
    query: 'uploads',
    needs: onBucket('ListBucketMultipartUploads'),
    run: listUploads,
  },
  { method: 'GET', scope: 'bucket', query: 'list-type', needs: onBucket('ListBucket'), run: listObjectsV2 },
  { method: 'POST', scope: 'bucket', query: 'delete', needs: perKey, run: deleteObjects },
  { method: 'GET', scope: 'bucket', needs: onBucket('ListBucket'), run: listObjects },
  { method: 'HEAD', scope: 'bucket', needs: onBucket('ListBucket'), run: headBucket },
  { method: 'PUT', scope: 'bucket', needs: onBucket('CreateBucket'), run: createBucket },
  { method: 'DELETE', scope: 'bucket', needs: onBucket('DeleteBucket'), run: deleteBucket },
  {
    method: 'GET',
    scope: 'object',
    query: 'uploadId',
    needs: onUpload('ListMultipartUploadParts'),
    run: listParts,
  },
  {
    method: 'GET',
    scope: 'object',
    query: 'tagging',
    needs: onObject('Get', 'Tagging'),
    run: getObjectTagging,
  },
  {
    method: 'GET',
    scope: 'object',
    query: 'attributes',
    needs: onObject('Get', '', 'Attributes'),
    run: getObjectAttributes,
  },
  { method: 'GET', scope: 'object', needs: onObject('Get'), run: getObject },
  { method: 'HEAD', scope: 'object', needs: onObject('Get'), run: headObject },
  { method: 'POST', scope: 'object', query: 'uploads', needs: putting, run: createUpload },
  { method: 'POST', scope: 'object', query: 'uploadId', needs: puttingPart, run: completeUpload },
  {
    method: 'PUT',
    scope: 'object',
    query: 'uploadId',
    isCopy: true,
    needs: puttingPart,
    run: uploadPartCopy,
  },
  { method: 'PUT', scope: 'object', query: 'uploadId', needs: puttingPart, run: uploadPart },
  {
    method: 'PUT',
    scope: 'object',
    query: 'tagging',
    needs: onObject('Put', 'Tagging'),
    run: putObjectTagging,
  },
  { method: 'PUT', scope: 'object', isCopy: true, needs: putting, run: copyObject },
  { method: 'PUT', scope: 'object', needs: putting, run: putObject },
  {
    method: 'DELETE',
    scope: 'object',
    query: 'uploadId',
    needs: onUpload('AbortMultipartUpload'),
    run: abortUpload,
  },
  {
    method: 'DELETE',
    scope: 'object',
    query: 'tagging',
    needs: onObject('Delete', 'Tagging'),
    run: deleteObjectTagging,
  },
  { method: 'DELETE', scope: 'object', needs: onObject('Delete'), run: deleteObject },
];

// Parts of a request that change the operation given by method and path.
const subresources = [
  'abac',
  'accelerate',
  'acl',
  'analytics',
  'annotation',
  'attributes',
  'cors',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metadataAnnotationTable',
  'metadataConfiguration',
  'metadataInventoryTable',
  'metadataJournalTable',
  'metadataTable',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'session',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versioning',
  'versions',
  'website',
];

/** Headers that ask for what only the real S3 does: without it, the request would do something else than it says. */
const unknownHeaders = [
  'x-amz-write-offset-bytes',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-copy-source-server-side-encryption-customer-algorithm',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-website-redirect-location',
  'x-amz-if-match-last-modified-time',
  'x-amz-if-match-size',
];

const scopeOf = ({ bucket, key }: S3Request): Scope =>
  bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';

/** Finds the operation of a request; NotImplemented for operations that only the real S3 has, else MethodNotAllowed. */
export const operationOf = (request: S3Request): Pick<Route, 'needs' | 'run'> => {
  if (unknownHeaders.some((name) => request.header(name) !== undefined)) throw new S3Error('NotImplemented');
  const scope = scopeOf(request);
  const isCopy = request.header('x-amz-copy-source') !== undefined;
  const named = subresources.filter((name) => request.query.has(name));
  const route = routes.find(
    ({ method, scope: where, query, isCopy: needsCopy }) =>
      method === request.method &&
      where === scope &&
      (query === undefined ? named.length === 0 : request.query.has(query)) &&
      (needsCopy !== true || isCopy),
  );
  if (route) return route;
  if (named.length > 0 || request.method === 'POST') throw new S3Error('NotImplemented');
  throw new S3Error('MethodNotAllowed', {
    details: { Method: request.method, ResourceType: scope.toUpperCase() },
  });
};
