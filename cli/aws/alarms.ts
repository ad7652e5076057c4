import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';

/** An alarm that is on, with its description. */
export type Alarm = { readonly name: string; readonly text: string };

/** Alarms of a stack in the state ALARM, by name. */
export const alarmsOf = async (stack: string): Promise<Alarm[]> => {
  const client = new CloudWatchClient({});
  try {
    const asked = { AlarmNamePrefix: `${stack}-`, StateValue: 'ALARM' as const };
    const found: Alarm[] = [];
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, asked))
      for (const { AlarmName = '', AlarmDescription = '' } of MetricAlarms)
        found.push({ name: AlarmName.slice(stack.length + 1), text: AlarmDescription });
    return found;
  } finally {
    client.destroy();
  }
};
