import { randomUUID } from 'node:crypto';
import { S3Error } from '../error.ts';
import { type Reply, xmlReply } from '../reply.ts';
import type { S3Request } from '../request.ts';
import { receiveText } from '../request-body.ts';
import type { Store } from '../store.ts';
import { type Element, parseXml } from '../xml.ts';
import { checkRules } from './check.ts';
import { LifecycleRule } from './rule.ts';

const minimumSizeHeader = 'x-amz-transition-default-minimum-object-size';
const minimumSizes = ['all_storage_classes_128K', 'varies_by_storage_class'];
export const usualMinimumSize = 'all_storage_classes_128K';

/** GetBucketLifecycleConfiguration: the rules as they were put. */
export const getLifecycle = async ({ buckets }: Store, { bucket }: S3Request): Promise<Reply> => {
  const { lifecycle } = buckets.named(bucket);
  if (!lifecycle) throw new S3Error('NoSuchLifecycleConfiguration', { details: { BucketName: bucket } });
  return xmlReply(
    'LifecycleConfiguration',
    lifecycle.rules.map((rule): Element => ['Rule', elementsOf(rule)]),
    { [minimumSizeHeader]: lifecycle.minimumSize },
  );
};

/** PutBucketLifecycleConfiguration: replaces all rules; they are carried out within minutes. */
export const putLifecycle = async ({ buckets }: Store, request: S3Request): Promise<Reply> => {
  buckets.named(request.bucket);
  const minimumSize = request.header(minimumSizeHeader) ?? usualMinimumSize;
  if (!minimumSizes.includes(minimumSize))
    throw new S3Error('InvalidRequest', { message: 'Invalid TransitionDefaultMinimumObjectSize found' });
  const rules = readRules(await receiveText(request));
  checkRules(rules);
  const named = rules.map((rule) => ({ ...rule, ID: rule.ID || randomUUID() }));
  const lifecycle = { rules: named, minimumSize };
  await buckets.change(request.bucket, (bucket) => ({ ...bucket, lifecycle }));
  return { status: 200, headers: { [minimumSizeHeader]: minimumSize } };
};

/** DeleteBucketLifecycle: nothing expires any more. */
export const deleteLifecycle = async ({ buckets }: Store, { bucket }: S3Request): Promise<Reply> => {
  await buckets.change(bucket, ({ lifecycle: _, ...kept }) => kept);
  return { status: 204 };
};

const elementsOf = (part: object): Element[] =>
  Object.entries(part).flatMap(([name, value]): Element[] =>
    [value].flat().map((one) => [name, typeof one === 'object' && one !== null ? elementsOf(one) : one]),
  );

const lists = ['Transition', 'NoncurrentVersionTransition'];
const numbers = [
  'Days',
  'NoncurrentDays',
  'NewerNoncurrentVersions',
  'DaysAfterInitiation',
  'ObjectSizeGreaterThan',
  'ObjectSizeLessThan',
];
const parts = ['Filter', 'And', 'Tag', 'Expiration', 'NoncurrentVersionExpiration', ...lists];

const readRules = (text: string): LifecycleRule[] => {
  const document = parseXml(text) as { LifecycleConfiguration?: { Rule?: unknown } | string };
  const { LifecycleConfiguration: root } = document;
  if (root === undefined) throw new S3Error('MalformedXML');
  const given = typeof root === 'string' || root.Rule === undefined ? [] : [root.Rule].flat();
  return given.map((rule) => {
    const parsed = LifecycleRule.safeParse(typedOf('Rule', rule));
    if (!parsed.success) throw new S3Error('MalformedXML');
    return parsed.data;
  });
};

/** An element's value in the type of the schema: XML has only texts, and nothing is an empty text. */
const typedOf = (name: string, value: unknown, within = ''): unknown => {
  if (Array.isArray(value)) {
    const isList = lists.includes(name) || (name === 'Tag' && within === 'And');
    const all = value.flatMap((one) => typedOf(name, one, within));
    return isList || all.length > 1 ? all : all[0];
  }
  if (typeof value === 'object' && value !== null) {
    const typed = Object.entries(value)
      .filter(([child, held]) => child !== '#text' || String(held).trim() !== '')
      .map(([child, held]) => [child, typedOf(child, held, name)]);
    return lists.includes(name) ? [Object.fromEntries(typed)] : Object.fromEntries(typed);
  }
  const text = String(value);
  if (parts.includes(name) && text.trim() === '') return {};
  if (numbers.includes(name) && /^\s*[+-]?\d{1,15}\s*$/.test(text)) return Number(text);
  if (name === 'ExpiredObjectDeleteMarker') return { true: true, false: false }[text.trim()] ?? text;
  return name === 'Prefix' || name === 'Key' || name === 'Value' ? text : text.trim();
};
