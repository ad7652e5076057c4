import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { CompleteMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { S3Error } from '../../../../local/cloud/s3/error.ts';
import { type Reply, respond, xmlReply } from '../../../../local/cloud/s3/reply.ts';

/** What the next request does; it takes longer than S3 waits before it begins to answer. */
let work: () => Reply = () => ({ status: 200 });
const server = createServer(
  (request, response) => void respond(request, response, () => wait(300).then(() => work()), 50),
);
let client: S3Client;
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new S3Client({
    ...{ endpoint: url, region: 'eu-west-1', forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterAll(() => {
  client.destroy();
  server.close();
});

const complete = () =>
  client.send(new CompleteMultipartUploadCommand({ Bucket: 'lake', Key: 'k', UploadId: 'u' }));

test('a completion that takes long begins to answer before it is done', async () => {
  let isDone = false;
  work = () => {
    isDone = true;
    return xmlReply('CompleteMultipartUploadResult', [['ETag', '"e"']]);
  };
  const response = await fetch(`${url}/lake/k?uploadId=u`, { method: 'POST' });
  expect(isDone).toBe(false);
  expect(await response.text()).toMatch(/^<\?xml[^>]*\?>\n *<CompleteMultipartUploadResult/);
  expect((await complete()).ETag).toBe('"e"');
});

test('an error is told in its body then, and clients find it there', async () => {
  work = () => {
    throw new S3Error('InvalidPart', { message: 'one is missing' });
  };
  await expect(complete()).rejects.toThrow('one is missing');
});

test('other requests are answered when they are done', async () => {
  work = () => ({ status: 404, body: 'no' });
  const response = await fetch(`${url}/lake/k`);
  expect(response.status).toBe(404);
});
