/** Every call to AWS is bounded in time, in milliseconds; one try of it ends well within the ledger's patience. */
export const bounded = {
  maxAttempts: 3,
  // Without the last of these the SDK only warns that the time is over.
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};
