import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyVersion } from '../../../functions/adapters/s3-copy.ts';
import { type Laptop, openLaptop, type Seen } from './laptop.ts';

const gibibyte = 1024 ** 3;

const answers: Readonly<Record<string, string>> = {
  'POST uploads': '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
  'PUT partNumber': '<CopyPartResult><ETag>"part"</ETag></CopyPartResult>',
  'POST uploadId': '<CompleteMultipartUploadResult><ETag>"whole-6"</ETag></CompleteMultipartUploadResult>',
};

const answerTo = ({ method, url }: Seen): string => {
  const kinds = Object.keys(answers).filter((kind) => {
    const [verb, parameter = ''] = kind.split(' ');
    return method === verb && new URL(url, 'http://s3').searchParams.has(parameter);
  });
  return answers[kinds[0] ?? ''] ?? '';
};

let laptop: Laptop;
let client: S3Client;
beforeAll(async () => {
  laptop = await openLaptop({});
  laptop.meddle((seen) => ({ status: 200, body: answerTo(seen) }));
  client = new S3Client({});
});
afterAll(async () => {
  client.destroy();
  await laptop.close();
});

test('copies what is too large for one call in parts that cover it once', async () => {
  const from = { key: 'data/plays/a b.csv', version: 'v+1' };
  const size = 5 * gibibyte + 7;
  expect(await copyVersion(client, { bucket: 'lake', from, to: 'data/archive/a', size })).toEqual({});
  const parts = laptop.seen.filter(({ method }) => method === 'PUT');
  const ranges = parts.map(({ headers }) => String(headers['x-amz-copy-source-range']));
  const bounds = ranges.map((range) => (/^bytes=(\d+)-(\d+)$/.exec(range) ?? []).slice(1).map(Number));
  expect(bounds.map(([start]) => start)).toEqual([
    0,
    ...bounds.slice(0, -1).map(([, end]) => Number(end) + 1),
  ]);
  expect(bounds.at(-1)?.[1]).toBe(size - 1);
  for (const { headers } of parts)
    expect(headers['x-amz-copy-source']).toBe('lake/data/plays/a%20b.csv?versionId=v%2B1');
  const numbers = parts.map(({ url }) => new URL(url, 'http://s3').searchParams.get('partNumber'));
  expect(numbers).toEqual(['1', '2', '3', '4', '5', '6']);
  const completed = String(laptop.seen.at(-1)?.body);
  expect([...completed.matchAll(/<PartNumber>(\d)</g)].map((match) => match[1])).toEqual(numbers);
});

test.each([
  ['of one call', 5 * gibibyte],
  ['in parts', 6 * gibibyte],
])('waits longer for a copy %s than for another answer', async (_, size) => {
  const requestHandler = { requestTimeout: 400, throwOnRequestTimeout: true };
  const hasty = new S3Client({ requestHandler, maxAttempts: 1 });
  laptop.meddle(async (seen) => {
    const isSlow = seen.method === 'PUT' && !/partNumber=[2-9]/.test(seen.url);
    if (isSlow) await new Promise((resolve) => setTimeout(resolve, 900));
    return { status: 200, body: answerTo(seen) || '<CopyObjectResult><ETag>"a"</ETag></CopyObjectResult>' };
  });
  const from = { key: 'data/plays/a.csv', version: 'v1' };
  const copied = copyVersion(hasty, { bucket: 'lake', from, to: 'data/archive/a', size });
  await expect(copied).resolves.toEqual({});
  const put = new PutObjectCommand({ Bucket: 'lake', Key: 'runs/a', Body: 'x' });
  await expect(hasty.send(put)).rejects.toThrow();
  hasty.destroy();
});
