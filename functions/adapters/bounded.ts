/** Every call to AWS is bounded in time, in milliseconds, and ends well within the ledger's patience. */
export const bounded = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000 },
};
