import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';

/** The queue of events that reached no function, and the queue of events on which a function failed. */
const names = ['undelivered-events', 'failed-invocations'] as const;

/** How many messages each queue of dead letters of a stack holds, hidden ones included. */
export const deadLetters = async (stack: string): Promise<Readonly<Record<string, number>>> => {
  const client = new SQSClient({});
  try {
    const counts = names.map(async (name) => {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: `${stack}-${name}` }));
      const AttributeNames = [
        'ApproximateNumberOfMessages' as const,
        'ApproximateNumberOfMessagesNotVisible' as const,
      ];
      const asked = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      const numbers = AttributeNames.map((attribute) => Number(asked.Attributes?.[attribute] ?? 0));
      return [name, numbers.reduce((sum, one) => sum + one, 0)] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  } finally {
    client.destroy();
  }
};
