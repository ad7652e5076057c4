import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { anyDisk, type Disk } from '../disk.ts';
import { entryNamed, type JsonService, ServiceError } from '../protocol.ts';
import type { Stream } from '../template/deployment.ts';
import { StreamBuffer } from './buffer.ts';

export type FirehoseOptions = {
  /** One folder for each stream. */
  readonly directory: string;
  readonly streams: readonly Stream[];
  /** Puts an object with the role of a stream. */
  readonly put: (stream: Stream, key: string, bytes: Buffer) => Promise<void>;
  readonly complain: (line: string) => void;
  /** Default: a disk that is never full. */
  readonly disk?: Disk;
  readonly clock?: () => Date;
};

const Record = z.object({ Data: z.base64() });
const Name = z.object({ DeliveryStreamName: z.string() });
const inputs = {
  PutRecord: Name.extend({ Record }),
  PutRecordBatch: Name.extend({ Records: z.array(Record).min(1).max(500) }),
  DescribeDeliveryStream: Name,
};

const mostRecordBytes = 1_000 * 1024;
const mostBatchBytes = 4 * 2 ** 20;

/** Opens Firehose on this machine, as far as records are put directly and land in S3 as they are. */
export const openFirehose = async (options: FirehoseOptions): Promise<JsonService> => {
  const { streams, directory, put, complain, disk = anyDisk, clock = () => new Date() } = options;
  const open = streams.map(async (stream) => {
    const buffer = await StreamBuffer.open({
      directory: join(directory, stream.name),
      mostBytes: stream.megabytes * 2 ** 20,
      mostMilliseconds: stream.seconds * 1_000,
      newName: () => keyOf(stream, clock(), randomUUID()).replaceAll('/', '|'),
      put: (name, bytes) => put(stream, name.replaceAll('|', '/'), bytes),
      complain: (line) => complain(`The stream ${stream.name} ${line}`),
      disk,
    });
    return { stream, buffer };
  });
  const opened = await Promise.all(open);
  const find = (name: string) => {
    const found = opened.find(({ stream }) => stream.name === name);
    if (found) return found;
    throw new ServiceError('ResourceNotFoundException', `Firehose ${name} not found under account.`);
  };
  const operations: Readonly<Record<string, (input: unknown) => Promise<Record<string, unknown>>>> = {
    PutRecord: async (input) => {
      const { DeliveryStreamName, Record: record } = read(inputs.PutRecord, input);
      await find(DeliveryStreamName).buffer.add(bytesOf([record]));
      return { RecordId: randomUUID(), Encrypted: true };
    },
    PutRecordBatch: async (input) => {
      const { DeliveryStreamName, Records } = read(inputs.PutRecordBatch, input);
      await find(DeliveryStreamName).buffer.add(bytesOf(Records));
      return {
        FailedPutCount: 0,
        Encrypted: true,
        RequestResponses: Records.map(() => ({ RecordId: randomUUID() })),
      };
    },
    DescribeDeliveryStream: async (input) => {
      const { stream } = find(read(inputs.DescribeDeliveryStream, input).DeliveryStreamName);
      return { DeliveryStreamDescription: described(stream) };
    },
  };
  return {
    async handle(operation, input) {
      const answer = entryNamed(operations, operation);
      if (!answer)
        throw new ServiceError('UnknownOperationException', `Firehose on this machine has no ${operation}`);
      return answer(input);
    },
    async close() {
      await Promise.all(opened.map(({ buffer }) => buffer.close()));
    },
  };
};

/** `<prefix><stream>-<version>-<time>-<uuid><extension>`, as Firehose names files. */
export const keyOf = ({ prefix, name, extension }: Stream, now: Date, id: string): string => {
  const [yyyy = '', MM = '', dd = '', HH = '', mm = '', ss = ''] = now.toISOString().split(/\D/);
  const parts: Readonly<Record<string, string>> = { yyyy, MM, dd, HH, mm, ss };
  const evaluated = prefix.replace(/!\{timestamp:([^}]*)\}/g, (_, form: string) =>
    form.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => parts[part] ?? part),
  );
  return `${evaluated}${name}-1-${[yyyy, MM, dd, HH, mm, ss].join('-')}-${id}${extension}`;
};

const described = ({ name, arn, megabytes, seconds }: Stream) => ({
  DeliveryStreamName: name,
  DeliveryStreamARN: arn,
  DeliveryStreamStatus: 'ACTIVE',
  DeliveryStreamType: 'DirectPut',
  VersionId: '1',
  HasMoreDestinations: false,
  Destinations: [
    {
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationDescription: {
        BufferingHints: { SizeInMBs: megabytes, IntervalInSeconds: seconds },
      },
    },
  ],
});

const bytesOf = (records: readonly z.infer<typeof Record>[]): Buffer[] => {
  const bytes = records.map(({ Data }) => Buffer.from(Data, 'base64'));
  if (bytes.some(({ length }) => length > mostRecordBytes))
    throw new ServiceError('InvalidArgumentException', `A record must have at most ${mostRecordBytes} bytes`);
  if (bytes.reduce((sum, { length }) => sum + length, 0) > mostBatchBytes)
    throw new ServiceError('InvalidArgumentException', `Records must have at most ${mostBatchBytes} bytes`);
  return bytes;
};

const read = <Input>(schema: z.ZodType<Input>, input: unknown): Input => {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  throw new ServiceError('InvalidArgumentException', z.prettifyError(error));
};
