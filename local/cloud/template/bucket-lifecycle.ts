import * as z from 'zod';
import { LifecycleRule } from '../s3/lifecycle/rule.ts';

const Transition = z.object({
  StorageClass: z.string(),
  TransitionInDays: z.number().optional(),
  TransitionDate: z.string().optional(),
});
const NoncurrentTransition = z.object({
  StorageClass: z.string(),
  TransitionInDays: z.number(),
  NewerNoncurrentVersions: z.number().optional(),
});

const Size = z.coerce.number().optional();
const Rule = z.object({
  Id: z.string().optional(),
  Status: z.string(),
  Prefix: z.string().default(''),
  TagFilters: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
  ObjectSizeGreaterThan: Size,
  ObjectSizeLessThan: Size,
  ExpirationInDays: z.number().optional(),
  ExpirationDate: z.string().optional(),
  ExpiredObjectDeleteMarker: z.boolean().optional(),
  NoncurrentVersionExpiration: z
    .object({ NoncurrentDays: z.number(), NewerNoncurrentVersions: z.number().optional() })
    .optional(),
  NoncurrentVersionExpirationInDays: z.number().optional(),
  AbortIncompleteMultipartUpload: z.object({ DaysAfterInitiation: z.number() }).optional(),
  Transitions: z.array(Transition).default([]),
  Transition: Transition.optional(),
  NoncurrentVersionTransitions: z.array(NoncurrentTransition).default([]),
  NoncurrentVersionTransition: NoncurrentTransition.optional(),
});

/** The property of a bucket; CloudFormation has other names than S3's API, and this gives those of the API. */
export const LifecycleConfiguration = z.object({
  Rules: z.array(Rule.transform((rule) => asOfApi(rule)).pipe(LifecycleRule)).min(1),
});

const asOfApi = (rule: z.infer<typeof Rule>): unknown =>
  withoutUndefined({
    ID: rule.Id,
    Filter: filterOf(rule),
    Status: rule.Status,
    Transition: some(
      [...rule.Transitions, ...(rule.Transition ? [rule.Transition] : [])].map((one) => ({
        Date: midnightOf(one.TransitionDate),
        Days: one.TransitionInDays,
        StorageClass: one.StorageClass,
      })),
    ),
    Expiration: some({
      Date: midnightOf(rule.ExpirationDate),
      Days: rule.ExpirationInDays,
      ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker,
    }),
    NoncurrentVersionTransition: some(
      [
        ...rule.NoncurrentVersionTransitions,
        ...(rule.NoncurrentVersionTransition ? [rule.NoncurrentVersionTransition] : []),
      ].map(({ TransitionInDays, ...one }) => ({ ...one, NoncurrentDays: TransitionInDays })),
    ),
    NoncurrentVersionExpiration:
      rule.NoncurrentVersionExpiration ?? some({ NoncurrentDays: rule.NoncurrentVersionExpirationInDays }),
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
  });

const filterOf = (rule: z.infer<typeof Rule>): unknown => {
  const { Prefix, TagFilters: Tag, ObjectSizeGreaterThan, ObjectSizeLessThan } = rule;
  const isSimple =
    Tag.length === 0 && ObjectSizeGreaterThan === undefined && ObjectSizeLessThan === undefined;
  return isSimple
    ? { Prefix }
    : { And: { Prefix, Tag: some(Tag), ObjectSizeGreaterThan, ObjectSizeLessThan } };
};

const midnightOf = (date: string | undefined): string | undefined =>
  date === undefined ? undefined : new Date(date).toISOString();

const some = <Part extends object>(part: Part): Part | undefined =>
  Object.values(part).some((value) => value !== undefined) ? part : undefined;

/** The same without members that are undefined. */
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
