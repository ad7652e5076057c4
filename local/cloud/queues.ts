import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { type Journal, openJournal } from './journal.ts';
import { entryNamed, type JsonService, ServiceError } from './protocol.ts';
import type { Retention } from './retention/retention.ts';

/** A message in the journal. */
export type Message = {
  readonly body: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
};

/** The queues of the deployment, each in one journal. */
export type Queues = {
  /** Removes messages that are older than their queue keeps them. */
  readonly retention: Retention;
  /** Puts a message with text attributes on a queue and returns its id; it is on disk then. */
  send(name: string, body: string, attributes?: Readonly<Record<string, string>>): string;
  /** SQS's wire API, as far as it is needed to read and delete dead letters. */
  readonly service: JsonService;
};

export type QueuesOptions = {
  /** One journal `<name>.jsonl` each. */
  readonly directory: string;
  readonly names: readonly string[];
  /** Seconds for which a queue keeps its messages; default: four days, as SQS. */
  readonly keepsFor?: Readonly<Record<string, number>>;
  readonly account: string;
  readonly region: string;
  readonly endpoint: string;
};

type Queue = {
  readonly name: string;
  readonly messages: Journal<Message>;
  /** The time (in milliseconds of this process) until which a received message is hidden; forgotten when the process ends. */
  readonly hidden: Map<string, number>;
};

const VISIBILITY_SECONDS = 30;
const usualSeconds = 345_600;

const Url = z.object({ QueueUrl: z.string() });
const Attribute = z.object({ StringValue: z.string().optional(), DataType: z.string() });
const inputs = {
  GetQueueUrl: z.object({ QueueName: z.string() }),
  SendMessage: Url.extend({
    MessageBody: z.string().min(1),
    MessageAttributes: z.record(z.string(), Attribute).default({}),
  }),
  ReceiveMessage: Url.extend({
    MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
    VisibilityTimeout: z.number().int().min(0).default(VISIBILITY_SECONDS),
  }),
  DeleteMessage: Url.extend({ ReceiptHandle: z.string() }),
};

/** Opens the queues with the messages in their journals. */
export const openQueues = (options: QueuesOptions): Queues => {
  const queues = new Map(options.names.map((name) => [name, openQueue(options.directory, name)]));
  const named = (name: string): Queue => {
    const queue = queues.get(name);
    if (!queue) throw new ServiceError('QueueDoesNotExist', `The queue ${name} does not exist.`);
    return queue;
  };
  const at = (input: unknown): Queue => named(read(Url, input).QueueUrl.split('/').at(-1) ?? '');
  const urlOf = (name: string): string => `${options.endpoint}/${options.account}/${name}`;

  const operations: Readonly<Record<string, (input: unknown) => Record<string, unknown>>> = {
    GetQueueUrl: (input) => ({ QueueUrl: urlOf(named(read(inputs.GetQueueUrl, input).QueueName).name) }),
    ListQueues: () => ({ QueueUrls: [...queues.keys()].map(urlOf) }),
    GetQueueAttributes: (input) => ({ Attributes: attributesOf(at(input), options) }),
    SendMessage: (input) => {
      const { MessageBody, MessageAttributes } = read(inputs.SendMessage, input);
      const attributes = Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [
        name,
        StringValue,
      ]);
      const MessageId = add(at(input), MessageBody, Object.fromEntries(attributes));
      return { MessageId, MD5OfMessageBody: md5(MessageBody) };
    },
    ReceiveMessage: (input) => ({ Messages: receive(at(input), read(inputs.ReceiveMessage, input)) }),
    DeleteMessage: (input) => {
      forget(at(input), read(inputs.DeleteMessage, input).ReceiptHandle);
      return {};
    },
    PurgeQueue: (input) => {
      const queue = at(input);
      for (const id of [...queue.messages.entries.keys()]) forget(queue, id);
      return {};
    },
  };
  return {
    retention: {
      name: 'Messages',
      every: 60 * 60_000,
      async *round(now) {
        for (const queue of queues.values()) {
          const keepsFor = 1_000 * (options.keepsFor?.[queue.name] ?? usualSeconds);
          for (const [id, { sentAt }] of [...queue.messages.entries])
            if (sentAt < now - keepsFor) forget(queue, id);
          yield;
        }
      },
    },
    send: (name, body, attributes = {}) => add(named(name), body, attributes),
    service: {
      async handle(operation, input) {
        const answer = entryNamed(operations, operation);
        if (!answer)
          throw new ServiceError('UnknownOperationException', `SQS on this machine has no ${operation}`);
        return answer(input);
      },
      async close() {
        for (const { messages } of queues.values()) messages.close();
      },
    },
  };
};

const openQueue = (directory: string, name: string): Queue => ({
  name,
  messages: openJournal(join(directory, `${name}.jsonl`)),
  hidden: new Map(),
});

const read = <Input>(schema: z.ZodType<Input>, input: unknown): Input => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ServiceError('InvalidParameterValueException', z.prettifyError(parsed.error));
};

const add = ({ messages }: Queue, body: string, attributes: Message['attributes']): string => {
  const id = randomUUID();
  messages.add(id, { body, sentAt: Date.now(), attributes });
  return id;
};

const forget = ({ messages, hidden }: Queue, id: string): void => {
  messages.remove(id);
  hidden.delete(id);
};

const isVisible = ({ hidden }: Queue, id: string): boolean => (hidden.get(id) ?? 0) <= performance.now();

const receive = (
  queue: Queue,
  { MaxNumberOfMessages, VisibilityTimeout }: z.infer<typeof inputs.ReceiveMessage>,
) => {
  const taken = [...queue.messages.entries]
    .filter(([id]) => isVisible(queue, id))
    .slice(0, MaxNumberOfMessages);
  for (const [id] of taken) queue.hidden.set(id, performance.now() + VisibilityTimeout * 1_000);
  return taken.map(([id, { body, sentAt, attributes }]) => ({
    MessageId: id,
    ReceiptHandle: id,
    MD5OfBody: md5(body),
    Body: body,
    Attributes: { SentTimestamp: String(sentAt) },
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { StringValue, DataType: 'String' }]),
    ),
  }));
};

const attributesOf = (queue: Queue, { account, region }: QueuesOptions): Record<string, string> => {
  const ids = [...queue.messages.entries.keys()];
  const visible = ids.filter((id) => isVisible(queue, id)).length;
  return {
    QueueArn: `arn:aws:sqs:${region}:${account}:${queue.name}`,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(ids.length - visible),
  };
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
