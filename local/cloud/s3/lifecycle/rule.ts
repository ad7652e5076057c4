import * as z from 'zod';

const Days = z.number().int();
const Tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

const Filter = z.strictObject({
  Prefix: z.string().optional(),
  Tag: Tag.optional(),
  ObjectSizeGreaterThan: z.number().int().optional(),
  ObjectSizeLessThan: z.number().int().optional(),
  And: z
    .strictObject({
      Prefix: z.string().optional(),
      Tag: z.array(Tag).optional(),
      ObjectSizeGreaterThan: z.number().int().optional(),
      ObjectSizeLessThan: z.number().int().optional(),
    })
    .optional(),
});

const Transition = z.strictObject({
  Date: z.iso.datetime({ offset: true }).optional(),
  Days: Days.optional(),
  StorageClass: z.enum([
    'GLACIER',
    'STANDARD_IA',
    'ONEZONE_IA',
    'INTELLIGENT_TIERING',
    'DEEP_ARCHIVE',
    'GLACIER_IR',
  ]),
});

/** A lifecycle rule with the names of S3's API. Transitions are kept and not carried out: here all storage is the same. */
export const LifecycleRule = z.strictObject({
  ID: z.string().optional(),
  Prefix: z.string().optional(),
  Filter: Filter.optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Transition: z.array(Transition).optional(),
  Expiration: z
    .strictObject({
      Date: z.iso.datetime({ offset: true }).optional(),
      Days: Days.optional(),
      ExpiredObjectDeleteMarker: z.boolean().optional(),
    })
    .optional(),
  NoncurrentVersionTransition: z
    .array(
      z.strictObject({
        NoncurrentDays: Days,
        NewerNoncurrentVersions: Days.optional(),
        StorageClass: Transition.shape.StorageClass,
      }),
    )
    .optional(),
  NoncurrentVersionExpiration: z
    .strictObject({ NoncurrentDays: Days, NewerNoncurrentVersions: Days.optional() })
    .optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: Days }).optional(),
});
export type LifecycleRule = z.infer<typeof LifecycleRule>;

/** What a rule is for, however it was written: with a prefix of its own, a filter of one kind, or several together. */
export type Scope = {
  readonly prefix: string;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly largerThan: number | undefined;
  readonly smallerThan: number | undefined;
};

export const scopeOf = ({ Prefix, Filter: filter = {} }: LifecycleRule): Scope => {
  const { And: and = {} } = filter;
  return {
    prefix: Prefix ?? filter.Prefix ?? and.Prefix ?? '',
    tags: [...(filter.Tag ? [filter.Tag] : []), ...(and.Tag ?? [])],
    largerThan: filter.ObjectSizeGreaterThan ?? and.ObjectSizeGreaterThan,
    smallerThan: filter.ObjectSizeLessThan ?? and.ObjectSizeLessThan,
  };
};

export const hasSizes = ({ largerThan, smallerThan }: Scope): boolean =>
  largerThan !== undefined || smallerThan !== undefined;
