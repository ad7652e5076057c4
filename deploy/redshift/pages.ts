/** A page of Redshift's documentation that says what is not allowed. */
export type Page = { readonly title: string; readonly url: string };

const guide = (title: string, name: string): Page => ({
  title,
  url: `https://docs.aws.amazon.com/redshift/latest/dg/${name}.html`,
});

/** The pages that the rules come from. */
export const pages = {
  reserved: guide('Reserved words', 'r_pg_keywords'),
  names: guide('Names and identifiers', 'r_names'),
  features: guide('Unsupported PostgreSQL features', 'c_unsupported-postgresql-features'),
  functions: guide('Unsupported PostgreSQL functions', 'c_unsupported-postgresql-functions'),
  types: guide('Unsupported PostgreSQL data types', 'c_unsupported-postgresql-datatypes'),
  leader: guide('Leader node–only functions', 'c_SQL_functions_leader_node_only'),
  with: guide('WITH clause', 'r_WITH_clause'),
  correlated: guide('Correlated subqueries', 'r_correlated_subqueries'),
  sets: guide('UNION, INTERSECT, and EXCEPT', 'r_UNION'),
  window: guide('COUNT window function', 'r_WF_COUNT'),
  texts: guide('Character types', 'r_Character_types'),
  numbers: guide('Numeric types', 'r_Numeric_types201'),
  table: guide('CREATE TABLE', 'r_CREATE_TABLE_NEW'),
  alter: guide('ALTER TABLE', 'r_ALTER_TABLE'),
  view: guide('CREATE VIEW', 'r_CREATE_VIEW'),
  stored: guide('CREATE MATERIALIZED VIEW', 'materialized-view-create-sql-command'),
  unload: guide('UNLOAD', 'r_UNLOAD'),
  truncate: guide('TRUNCATE', 'r_TRUNCATE'),
  merge: guide('MERGE', 'r_MERGE'),
  external: guide('Creating external tables for Redshift Spectrum', 'c-spectrum-external-tables'),
  size: guide('Amazon Redshift SQL', 'c_redshift-sql'),
} as const satisfies Readonly<Record<string, Page>>;
