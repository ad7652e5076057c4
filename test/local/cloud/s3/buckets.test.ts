import { GetBucketLocationCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REGION } from '../../../../local/cloud/environment.ts';
import { bucket, type LaptopS3, startS3 } from './laptop-s3.ts';

let laptop: LaptopS3;
beforeAll(async () => {
  laptop = await startS3();
});
afterAll(() => laptop.close());

it('says that a bucket lies in the region of everything else', async () => {
  const where = { Bucket: bucket };
  expect(await laptop.client.send(new HeadBucketCommand(where))).toMatchObject({ BucketRegion: REGION });
  const { LocationConstraint } = await laptop.client.send(new GetBucketLocationCommand(where));
  expect(LocationConstraint).toBe(REGION);
});
