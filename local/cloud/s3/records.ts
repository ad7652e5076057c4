import type { Checksum } from './checksums.ts';
import type { LifecycleRule } from './lifecycle/rule.ts';

export type Bucket = {
  readonly name: string;
  readonly createdAt: string;
  /** A bucket that never had versioning has neither value. */
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Whether object events are passed on. */
  readonly isAnnounced: boolean;
  readonly lifecycle?: Lifecycle;
};

/** When the objects of a bucket expire. */
export type Lifecycle = {
  readonly rules: readonly LifecycleRule[];
  /** As in the header `x-amz-transition-default-minimum-object-size`; it is kept and has no effect here. */
  readonly minimumSize: string;
};

/** Properties that a client gave an object, returned with it. */
export type Description = {
  /** Response headers, e.g. `content-type`. */
  readonly headers: Record<string, string>;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Record<string, string>;
  readonly tags: Record<string, string>;
};

/** One version of an object, or a delete marker, which has no blob. */
export type Version = Description & {
  readonly key: string;
  /** Grows with every write to the index; the newest version of a key has the highest number. */
  readonly sequence: number;
  readonly versionId: string;
  readonly lastModified: string;
  readonly blob?: string;
  readonly size: number;
  readonly etag: string;
  readonly checksum?: Checksum;
  readonly parts?: readonly { readonly size: number; readonly checksum?: string }[];
};

export type Upload = Description & {
  readonly bucket: string;
  readonly key: string;
  readonly sequence: number;
  readonly uploadId: string;
  readonly initiated: string;
  readonly checksum: Omit<Checksum, 'value'>;
  /** Whether the client named the checksum itself. */
  readonly isChecksumChosen: boolean;
};

export type Part = {
  readonly number: number;
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  /** Base64, by the upload's algorithm. */
  readonly checksum: string;
};

/** A new version of an object, as the bucket's listener receives it. */
export type ObjectEvent = {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** `null` if the bucket has no versioning. */
  readonly versionId: string;
  /** Grows with every write of a key; compared as text. */
  readonly sequencer: string;
  readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
  readonly time: string;
};
