import {
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
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
