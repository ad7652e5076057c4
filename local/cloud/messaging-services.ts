import { join } from 'node:path';
import type { Access } from './access/access.ts';
import { type Bus, openBus } from './events/bus.ts';
import { calm, chaoticFates } from './events/chaos.ts';
import type { Functions } from './functions/functions.ts';
import { openQueues, type Queues } from './queues.ts';
import type { ServicesOptions } from './service-options.ts';

/** Services that pass on what happens: events, and queues of those that nobody took. */

export const openDeadLetters = ({ state, endpoint, deployment, closers }: ServicesOptions): Queues => {
  const { account, region } = deployment;
  const names = deployment.queues.map(({ name }) => name);
  const keepsFor = Object.fromEntries(deployment.queues.map((queue) => [queue.name, queue.keepsFor]));
  const queues = openQueues({ directory: join(state, 'queues'), names, keepsFor, account, region, endpoint });
  closers.add('queues', () => queues.service.close());
  return queues;
};

export const openEvents = (
  options: ServicesOptions,
  functions: Functions,
  queues: Queues,
  access: Access,
): Bus => {
  const { state, deployment, chaos, closers, disk } = options;
  const bus = openBus({
    directory: join(state, 'events'),
    account: deployment.account,
    region: deployment.region,
    rules: deployment.functions.flatMap(({ name, rules }) =>
      rules.map((rule) => ({ ...rule, target: name })),
    ),
    deliver: async (target, payload) => {
      functions.invokeAsync(target, payload);
    },
    reject: async ({ name, deadLetterQueue }, payload, cause) => {
      if (!deadLetterQueue) return;
      const { account, region, queues: deployed } = deployment;
      const resource = deployed.find((one) => one.name === deadLetterQueue)?.arn ?? '*';
      const rule = `arn:aws:events:${region}:${account}:rule/${name}`;
      access.expectService('events.amazonaws.com', rule, { action: 'sqs:SendMessage', resource });
      queues.send(deadLetterQueue, JSON.stringify(payload), rejection(name, cause));
    },
    fate: chaos ? chaoticFates(chaos) : calm,
    disk,
  });
  closers.add('events', bus.close);
  return bus;
};

const rejection = (rule: string, cause: unknown) => ({
  RULE_ARN: rule,
  ERROR_CODE: cause instanceof Error ? cause.name : 'UNKNOWN',
  ERROR_MESSAGE: String(cause),
});
