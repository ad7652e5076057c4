/**
 * What is done to Redshift's text before PostgreSQL gets it, each with its reason. A model's select is never touched.
 *
 * What PostgreSQL cannot show of Redshift, which split from it at version 8:
 * - Functions, types and syntax that PostgreSQL has and Redshift lacks: the allow-list of the lint is for those.
 * - `varchar(n)` counts bytes on Redshift, characters here: after each rebuild, no text of gold has more bytes than its width.
 * - Decimals: Redshift has 38 digits and its own rules for the scale of a product or a quotient; sums of bigint become
 *   numeric(38,0) there, numeric of any size here.
 * - UNLOAD itself: slices that write a file each, how its JSON spells numbers and times, the role, the overwriting.
 * - Serialisable isolation by locking tables, which ends one of two rebuilds with an error of its own (1023); the limits
 *   of the Data API; late-bound views; that nothing enforces a key.
 * - Sort and distribution keys, and how long anything takes.
 */
export type Shim = {
  readonly reason: string;
  readonly apply: (statement: string) => string;
};

const unloading =
  /^unload \('([\s\S]*)'\) to 's3:\/\/[^/']+\/([^']*)' iam_role (?:default|'[^']*') format json encrypted auto(?: parallel off)? allowoverwrite$/;

/** All of them, by name. */
export const shims: Readonly<Record<string, Shim>> = {
  'no schema binding': {
    reason: 'PostgreSQL knows only views that are bound to what they read',
    apply: (statement) => statement.replace(/\nwith no schema binding$/, ''),
  },
  'no auto refresh': {
    reason: 'PostgreSQL refreshes stored views only when it is told: the test does it after each rebuild',
    apply: (statement) => statement.replace(/^(create materialized view \S+) auto refresh yes/, '$1'),
  },
  'no enforced keys': {
    reason: 'Redshift takes a primary key as a hint; an enforced one could hide a row written twice',
    apply: (statement) =>
      statement.startsWith('create table') ? statement.replace(' primary key', '') : statement,
  },
  'no role keyword': {
    reason: 'PostgreSQL has one kind of grantee: it takes the name of a role without the word',
    apply: (statement) =>
      statement.startsWith('grant ') ? statement.replace(/ to role /, ' to ') : statement,
  },
  'no external schema': {
    reason: 'PostgreSQL has no Glue catalog: the test makes the schema of silver with tables in it',
    apply: (statement) =>
      statement.startsWith('create external schema') ? 'create schema if not exists silver' : statement,
  },
  'external tables are readable': {
    reason: 'Redshift grants the tables of an external schema with the schema; PostgreSQL grants each',
    apply: (statement) =>
      statement.replace(
        /^(grant usage on schema silver) to (?:role )?(\w+)$/,
        '$1 to $2; grant select on all tables in schema silver to $2',
      ),
  },
  'unload as select': {
    reason:
      'PostgreSQL has no UNLOAD: its select gives the same rows as JSON lines, and the test writes them',
    apply: (statement) => {
      const { select } = parseUnload(statement) ?? {};
      if (select === undefined) return statement;
      return `select cast(row_to_json(unloaded) as text) as line from (\n${select}\n) as unloaded`;
    },
  },
};

/** A statement for Redshift as PostgreSQL takes it. */
export const forPostgres = (statement: string): string =>
  Object.values(shims).reduce((text, { apply }) => apply(text), statement);

/** The select of an UNLOAD, and the prefix of the objects that it writes; undefined for other statements. */
export const parseUnload = (
  statement: string,
): { readonly select: string; readonly prefix: string } | undefined => {
  const [, quoted, prefix] = unloading.exec(statement) ?? [];
  if (quoted === undefined || prefix === undefined) return undefined;
  return { select: quoted.replaceAll("''", "'"), prefix };
};
