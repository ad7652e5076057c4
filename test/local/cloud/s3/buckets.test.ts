import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('requests at the same time', () => {
  const Bucket = 'busy';

  it('lose no change of settings', async () => {
    await laptop.client.send(new CreateBucketCommand({ Bucket }));
    for (const Status of Array.from({ length: 10 }, () => ['Enabled', 'Suspended'] as const).flat()) {
      const isOn = Status === 'Enabled';
      const NotificationConfiguration = isOn ? { EventBridgeConfiguration: {} } : {};
      await Promise.all([
        laptop.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } })),
        laptop.client.send(
          new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
        ),
      ]);
      const versioning = await laptop.client.send(new GetBucketVersioningCommand({ Bucket }));
      expect(versioning.Status).toBe(Status);
      const events = await laptop.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
      expect(events.EventBridgeConfiguration !== undefined).toBe(isOn);
    }
  });

  it('put nothing into a bucket that is deleted', async () => {
    let [lost, deleted] = [0, 0];
    for (let round = 0; round < 30; round++) {
      await laptop.client.send(new CreateBucketCommand({ Bucket: 'brief' })).catch(() => undefined);
      const put = laptop.s3.put('brief', 'key', Buffer.from('x'));
      await pause(round / 10);
      const deleting = laptop.client.send(new DeleteBucketCommand({ Bucket: 'brief' }));
      const [isPut, isDeleted] = (await Promise.allSettled([put, deleting])).map(
        ({ status }) => status === 'fulfilled',
      );
      deleted += isDeleted ? 1 : 0;
      lost += isPut && isDeleted ? 1 : 0;
      if (isPut && !isDeleted)
        await laptop.client.send(new DeleteObjectCommand({ Bucket: 'brief', Key: 'key' }));
    }
    expect(lost).toBe(0);
    expect(deleted).toBeGreaterThan(0);
  });
});

describe('the notification configuration', () => {
  const put = (NotificationConfiguration: NotificationConfiguration) =>
    laptop.client.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: 'plain', NotificationConfiguration }),
    );
  const get = async () => {
    const { EventBridgeConfiguration } = await laptop.client.send(
      new GetBucketNotificationConfigurationCommand({ Bucket: 'plain' }),
    );
    return EventBridgeConfiguration;
  };
  const eventsOfPut = async (key: string) => {
    await laptop.s3.put('plain', key, Buffer.from('x'));
    return laptop.events.filter((event) => event.key === key).length;
  };

  it('switches events on and off', async () => {
    expect([await get(), await eventsOfPut('before')]).toEqual([undefined, 0]);
    await put({ EventBridgeConfiguration: {} });
    expect([await get(), await eventsOfPut('on')]).toEqual([{}, 1]);
    await put({});
    expect([await get(), await eventsOfPut('off')]).toEqual([undefined, 0]);
  });

  const queue = (QueueArn: string, event: string) =>
    ({ QueueConfigurations: [{ QueueArn, Events: [event] }] }) as NotificationConfiguration;

  it.each([
    ['nothing', 's3:ObjectCreated:*', 'InvalidArgument', 'The ARN could not be parsed'],
    ['arn:aws:sns:eu-west-1:0:q', 's3:ObjectCreated:*', 'InvalidArgument', 'The ARN could not be parsed'],
    ['arn:aws:sqs:eu-west-1:0:q', 's3:Other', 'InvalidArgument', "The event 's3:Other' is not supported"],
    ['arn:aws:sqs:eu-west-1:0:q', 's3:ObjectCreated:*', 'NotImplemented', 'use EventBridgeConfiguration'],
  ])('rejects the target %s for %s', async (arn, event, name, message) => {
    const sent = put({ ...queue(arn, event), EventBridgeConfiguration: {} });
    await expect(sent).rejects.toThrow(message);
    await expect(sent).rejects.toMatchObject({ name });
    expect(await get()).toBeUndefined();
  });
});
