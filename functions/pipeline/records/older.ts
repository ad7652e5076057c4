/** The names under which a record of a file was stored by versions before 0.2, and what they are called now. */
const renamed = { enrolled_at: 'registered_at' } as const;

type Item = Readonly<Record<string, unknown>>;

/** A file's record as it is stored, with the names of today; what a record has under a name of today counts. */
export const withNewNames = (item: Item): Item => {
  const older = Object.entries(renamed).filter(([before]) => before in item);
  if (older.length === 0) return item;
  const { failures_found: _, ...rest } = item;
  const again = Object.fromEntries(older.map(([before, now]) => [now, item[before]]));
  for (const [before] of older) delete (rest as Record<string, unknown>)[before];
  return { ...again, ...rest, ...reprocessedOf(item) };
};

/** How reprocessing ended counts violations, which were findings. */
const reprocessedOf = ({ reprocessed }: Item): Item =>
  Array.isArray(reprocessed)
    ? {
        reprocessed: reprocessed.map(({ findings, ...one }: Record<string, unknown>) =>
          findings === undefined ? one : { violations: findings, ...one },
        ),
      }
    : {};
