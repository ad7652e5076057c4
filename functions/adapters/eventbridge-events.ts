import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Events } from '../pipeline/index.ts';
import { bounded } from './bounded.ts';
import { EventNotAccepted } from './errors.ts';

/** Puts events on the default event bus, with the stage that the template's rules match. */
export const eventBridgeEvents = (stage: string): Events => {
  const client = new EventBridgeClient(bounded);
  return {
    announce: async ({ 'detail-type': type, detail }) => {
      const Detail = JSON.stringify({ stage, ...detail });
      const answer = await client.send(
        new PutEventsCommand({ Entries: [{ Source: 'soundcheck', DetailType: type, Detail }] }),
      );
      const [entry] = answer.Entries ?? [];
      if (entry?.ErrorCode) throw new EventNotAccepted(type, entry.ErrorCode, entry.ErrorMessage ?? '');
    },
  };
};
