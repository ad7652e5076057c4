/** The names under which earlier versions stored facts of a file's record, and the current names. */
const renamed = { enrolled_at: 'registered_at' } as const;

type Item = Readonly<Record<string, unknown>>;

/** A stored record of a file with current names; if a fact is stored under both names, the current one counts. */
export const withNewNames = (item: Item): Item => {
  const older = Object.entries(renamed).filter(([before]) => before in item);
  if (older.length === 0) return item;
  const { failures_found: _, ...rest } = item;
  const again = Object.fromEntries(older.map(([before, now]) => [now, item[before]]));
  for (const [before] of older) delete (rest as Record<string, unknown>)[before];
  return { ...again, ...rest, ...reprocessedOf(item) };
};

/** Outcomes of reprocesses count violations, which were called findings. */
const reprocessedOf = ({ reprocessed }: Item): Item =>
  Array.isArray(reprocessed)
    ? {
        reprocessed: reprocessed.map(({ findings, ...one }: Record<string, unknown>) =>
          findings === undefined ? one : { violations: findings, ...one },
        ),
      }
    : {};
