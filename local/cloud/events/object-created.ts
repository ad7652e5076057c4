import type { BusEvent } from '../protocol.ts';
import type { ObjectEvent } from '../s3/s3.ts';

/** The event that S3 puts on the bus for a new object version; its key is not encoded. */
export const objectCreated = (object: ObjectEvent): BusEvent & { readonly time: string } => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: object.time,
  resources: [`arn:aws:s3:::${object.bucket}`],
  detail: {
    version: '0',
    bucket: { name: object.bucket },
    object: {
      key: object.key,
      size: object.size,
      etag: object.etag,
      'version-id': object.versionId,
      sequencer: object.sequencer,
    },
    'request-id': object.sequencer,
    requester: '000000000000',
    'source-ip-address': '127.0.0.1',
    reason: object.reason,
  },
});
