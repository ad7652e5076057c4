/**
 * Why a pull with fewer rows than the one before has to be confirmed; undefined if it has not. A pull that lost exactly
 * `maxLostShare` (0 to 1) of the rows passes.
 */
export const doubtOfRows = (before: number, now: number, maxLostShare: number): string | undefined => {
  const lost = before - now;
  // A quotient is rounded as the share itself was read; before * maxLostShare may be less than both: 100 * 0.57.
  if (lost <= 0 || lost / before <= maxLostShare) return undefined;
  return `it has ${now} rows, ${lost} fewer than the ${before} of the last pull; more than a share of ${maxLostShare} may not be lost`;
};

/**
 * Why a pull from a server with this identity has to be confirmed; undefined if it has not. A server that does not say its
 * identity any more counts as another one. Before the first pull there is no identity to compare with.
 */
export const doubtOfServer = (before: string | undefined, now: string | undefined): string | undefined => {
  if (before === undefined || before === now) return undefined;
  const other = now === undefined ? 'the server does not say its identity' : `it is another server, ${now}`;
  return `${other}; the last pull was from ${before}`;
};
