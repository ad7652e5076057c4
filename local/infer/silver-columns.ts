/** How silver SQL reads a landed column, and the name that it gives it. */
export type SilverColumn = { readonly read: string; readonly name: string };

const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate collation
  column constraint create cross current_date current_role current_time current_timestamp current_user default deferrable
  desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
  intersect interval into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null
  offset on only or order outer overlaps placing primary references returning right select session_user similar some
  symmetric table tablesample then to trailing true union unique user using values variadic verbose when where window with
  batch_id landed_at landed_file landed_version`.split(/\s+/),
);

/** Alias of the landed relation, behind which words of SQL are names. */
export const landedAlias = 'landed';

const plain = (name: string): string | undefined => {
  const lower = name.toLowerCase();
  return /^[a-z_][a-z0-9_]*$/.test(lower) ? lower : undefined;
};

/** A column of a table; undefined for a name that SQL cannot say unquoted. */
export const plainColumn = (name: string): SilverColumn | undefined => {
  const lower = plain(name);
  if (lower === undefined) return undefined;
  return reserved.has(lower)
    ? { read: `${landedAlias}.${lower}`, name: `${lower}_value` }
    : { read: lower, name: lower };
};

/** A path of JSON records; undefined for one that goes through an array, whose elements are no columns. */
export const pathColumn = (path: string): SilverColumn | undefined => {
  const steps = path.split('.').map(plain);
  if (steps.length === 1) return plainColumn(path);
  const known = steps.filter((step) => step !== undefined);
  if (known.length < steps.length || known.some((step) => reserved.has(step))) return undefined;
  return { read: known.join('.'), name: known.join('_') };
};
