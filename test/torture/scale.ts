/** How many rounds a torture has, and the seed of the first one. */
export type Scale = { readonly rounds: number; readonly seed: number };

/** What `npm run torture` asked for; in `npm test` the usual, small scale. */
export const scaleOf = (usual: Scale): Scale => ({
  rounds: Number(process.env.TORTURE_ROUNDS ?? usual.rounds),
  seed: Number(process.env.TORTURE_SEED ?? usual.seed),
});

/** Prints figures of a torture on one line, if `npm run torture` runs it. */
export const tell = (name: string, figures: Readonly<Record<string, number | string>>): void => {
  if (process.env.TORTURE_ROUNDS === undefined) return;
  const parts = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  process.stdout.write(`${name}: ${parts.join(', ')}\n`);
};
