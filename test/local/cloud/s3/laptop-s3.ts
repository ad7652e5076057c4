import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig, type S3ServiceException } from '@aws-sdk/client-s3';
import type { Disk } from '../../../../local/cloud/disk.ts';
import { type LocalS3, type ObjectEvent, openS3 } from '../../../../local/cloud/s3/s3.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const bucket = 'lake';

export type LaptopS3 = {
  s3: LocalS3;
  client: S3Client;
  endpoint: string;
  directory: string;
  events: ObjectEvent[];
  /** What the log of the cloud would have: damage, and errors that nobody expected. */
  damage: string[];
  connect(config: S3ClientConfig): S3Client;
  close(): Promise<void>;
};

/** Starts a local S3 in a folder of its own, with the versioned bucket `lake`, the unversioned `plain`, and a client. */
export const startS3 = async ({
  parent = tmpdir(),
  ...options
}: {
  readonly parent?: string;
  readonly clock?: () => Date;
  readonly disk?: Disk;
} = {}): Promise<LaptopS3> => {
  const directory = await mkdtemp(join(parent, 's3-'));
  const events: ObjectEvent[] = [];
  const damage: string[] = [];
  const complain = (line: string) => void damage.push(line);
  const s3 = await openS3({
    directory,
    onObject: (event) => void events.push(event),
    complain,
    ...options,
  });
  await s3.createBucket(bucket, { versioning: true, events: true });
  await s3.createBucket('plain', { versioning: false, events: false });
  const server = createServer((request, response) => s3.handle(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: S3Client[] = [];
  const connect = (config: S3ClientConfig): S3Client => {
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      forcePathStyle: true,
      ...config,
    });
    clients.push(client);
    return client;
  };
  return {
    s3,
    client: connect({}),
    endpoint,
    directory,
    events,
    damage,
    connect,
    async close() {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await s3.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** What a rejected request was rejected with. */
export const rejection = async (
  request: Promise<unknown>,
): Promise<{ code: string; status: number | undefined }> => {
  try {
    await request;
  } catch (error) {
    const { name, $metadata } = error as S3ServiceException;
    return { code: name, status: $metadata?.httpStatusCode };
  }
  throw new Error('the request was not rejected');
};
