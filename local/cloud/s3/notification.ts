import * as z from 'zod';
import { S3Error } from './error.ts';
import { type Reply, xmlReply } from './reply.ts';
import type { S3Request } from './request.ts';
import { receiveText } from './request-body.ts';
import type { Store } from './store.ts';
import { parseXml } from './xml.ts';

/** The targets of S3 besides EventBridge: the element that names the target, and its service. */
const targets = {
  QueueConfiguration: { member: 'Queue', service: 'sqs' },
  TopicConfiguration: { member: 'Topic', service: 'sns' },
  CloudFunctionConfiguration: { member: 'CloudFunction', service: 'lambda' },
} as const;

const Target = z.looseObject({ Event: z.union([z.string(), z.array(z.string())]) });
const Targets = z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(Target));
const Configuration = z.object({
  EventBridgeConfiguration: z.unknown().optional(),
  QueueConfiguration: Targets,
  TopicConfiguration: Targets,
  CloudFunctionConfiguration: Targets,
});

/** GetBucketNotificationConfiguration. */
export const getNotification = async ({ buckets }: Store, { bucket }: S3Request): Promise<Reply> =>
  xmlReply(
    'NotificationConfiguration',
    buckets.named(bucket).isAnnounced ? [['EventBridgeConfiguration', '']] : [],
  );

/** PutBucketNotificationConfiguration: events go to EventBridge or nowhere; for other targets NotImplemented. */
export const putNotification = async ({ buckets }: Store, request: S3Request): Promise<Reply> => {
  buckets.named(request.bucket);
  const document = parseXml(await receiveText(request)) as { NotificationConfiguration?: unknown };
  const root = document.NotificationConfiguration;
  const parsed = Configuration.safeParse(typeof root === 'string' ? {} : root);
  if (!parsed.success) throw new S3Error('MalformedXML');
  checkTargets(parsed.data);
  const isAnnounced = parsed.data.EventBridgeConfiguration !== undefined;
  await buckets.change(request.bucket, (bucket) => ({ ...bucket, isAnnounced }));
  return { status: 200 };
};

const events =
  /^s3:(ObjectCreated|ObjectRemoved|ObjectRestore|Replication|LifecycleExpiration|ObjectTagging):(\*|\w+)$|^s3:(ReducedRedundancyLostObject|LifecycleTransition|IntelligentTiering|ObjectAcl:Put)$/;

const checkTargets = (configuration: z.infer<typeof Configuration>): void => {
  for (const [element, { member, service }] of Object.entries(targets)) {
    for (const target of configuration[element as keyof typeof targets]) {
      const arn = String(target[member] ?? '');
      if (!arn.startsWith(`arn:aws:${service}:`)) throw invalid('The ARN could not be parsed', member, arn);
      const unknown = [target.Event].flat().find((event) => !events.test(event));
      if (unknown !== undefined)
        throw invalid(`The event '${unknown}' is not supported for notifications`, 'Event', unknown);
      throw new S3Error('NotImplemented', {
        message: `Events of this machine go to EventBridge, not to ${arn}: use EventBridgeConfiguration and a rule.`,
      });
    }
  }
};

const invalid = (message: string, ArgumentName: string, ArgumentValue: string): S3Error =>
  new S3Error('InvalidArgument', { message, details: { ArgumentName, ArgumentValue } });
