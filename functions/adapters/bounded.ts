/** Time limits of every call to AWS in milliseconds; one try takes much less than the ledger's patience. */
export const bounded = {
  maxAttempts: 3,
  // Without the last of these the SDK only logs a warning when the time is over.
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};
