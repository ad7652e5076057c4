import { Readable } from 'node:stream';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Landings } from '../pipeline/index.ts';

/** The client warns on the console of each stream that it cannot send again; its error says what failed. */
const ignore = (): void => {};
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Puts files into a bucket, streamed; each put has its own client, which is closed with it. */
export const s3Landings = (bucket: string): Landings => ({
  land: async (key, body, size) => {
    const client = new S3Client({ logger: silent });
    const Body = body instanceof Readable ? body : Readable.from(body);
    const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentLength: size });
    const { VersionId = '' } = await client.send(put).finally(() => client.destroy());
    return { key, version: VersionId };
  },
});
