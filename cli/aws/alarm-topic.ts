import { GetTopicAttributesCommand, paginateListTopics, SNSClient } from '@aws-sdk/client-sns';

/** The topic to which the alarms of a stack are sent, and how many receive them or have not yet confirmed that they want to. */
export type AlarmTopic = { readonly arn: string; readonly confirmed: number; readonly pending: number };

/** Undefined if there is no such topic. */
export const alarmTopic = async (stack: string): Promise<AlarmTopic | undefined> => {
  const client = new SNSClient({});
  try {
    for await (const { Topics = [] } of paginateListTopics({ client }, {})) {
      const arn = Topics.find(({ TopicArn = '' }) => TopicArn.endsWith(`:${stack}-alarms`))?.TopicArn;
      if (arn === undefined) continue;
      const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: arn }));
      const { SubscriptionsConfirmed = 0, SubscriptionsPending = 0 } = Attributes ?? {};
      return { arn, confirmed: Number(SubscriptionsConfirmed), pending: Number(SubscriptionsPending) };
    }
    return undefined;
  } finally {
    client.destroy();
  }
};
