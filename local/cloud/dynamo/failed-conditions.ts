import type { Functions, Validation } from './dynalite.ts';

const choice = 'ReturnValuesOnConditionCheckFailure';

/** Lets the answer to a write whose condition fails have the item as it is, if the request asks for it; dynalite does not know this. */
export const showFailedItems = (all: Functions, writes: readonly Validation[]): void => {
  for (const { types } of writes)
    Object.assign(types, { [choice]: { type: 'String', enum: ['ALL_OLD', 'NONE'] } });
  const { checkConditional } = all;
  all.checkConditional = (request, item) => {
    const rejection = checkConditional(request, item);
    const isAsked = (request as Readonly<Record<string, unknown>>)[choice] === 'ALL_OLD';
    if (rejection && item && isAsked) Object.assign(rejection.body, { Item: item });
    return rejection;
  };
};
