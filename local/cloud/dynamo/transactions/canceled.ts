import type { Item, Rejection } from '../dynalite.ts';
import { rejection } from '../operations.ts';

/** Why one action lets a transaction fail; undefined for one that does not. */
export type Reason =
  | {
      readonly Code: 'ConditionalCheckFailed' | 'ValidationError';
      readonly Message: string;
      readonly Item?: Item;
    }
  | undefined;

/** A transaction that changed nothing, with the reason of each action in their order. */
export const canceled = (reasons: readonly Reason[]): Rejection => {
  const all = reasons.map((reason) => reason ?? { Code: 'None' });
  const codes = all.map(({ Code }) => Code).join(', ');
  return rejection(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: all },
  );
};

/** What an operation for a single item was rejected with, as the reason of its action. */
export const reasonOf = (error: Rejection, found: Item | undefined): NonNullable<Reason> => {
  const isCondition = String(error.body.__type).endsWith('ConditionalCheckFailedException');
  return {
    Code: isCondition ? 'ConditionalCheckFailed' : 'ValidationError',
    Message: error.message,
    ...(isCondition && found ? { Item: found } : {}),
  };
};
