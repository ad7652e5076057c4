import { literal } from '../../values/index.ts';

/** The differences between the two warehouses. */
export type WarehouseEngine = {
  readonly createTemporary: string;
  /** The words between `as` and the parenthesis of a common table expression that is inlined, not materialized. */
  readonly inlined: string;
  /**
   * An expression that fails the transaction when it is evaluated; `witness` is a column, so that it is not evaluated early.
   */
  readonly failure: (message: string, witness: string) => string;
  /**
   * Writes the rows of a select as JSON lines under a prefix that ends with a slash; in the order of a column, if given, from one
   * file to the next.
   */
  readonly unload: (select: string, prefix: string, order?: string) => string;
};

/** The engine of the models. */
export type WarehouseTarget = 'duckdb' | 'redshift';

/** The engine of a target; `iamRole` is the role with which Redshift writes (default: the default role). */
export const warehouseEngine = (target: WarehouseTarget, iamRole?: string): WarehouseEngine =>
  target === 'duckdb' ? duckdb : redshift(iamRole);

const duckdb: WarehouseEngine = {
  createTemporary: 'create or replace temp table',
  inlined: 'not materialized ',
  failure: (message, witness) => `cast(error('${message} ' || cast(${witness} as varchar)) as bigint)`,
  unload: (select, prefix, order) =>
    `copy (\n${select}${orderedBy(order)}\n) to ${literal(prefix)} (format json)`,
};

const orderedBy = (order: string | undefined): string => (order === undefined ? '' : `\norder by ${order}`);

const redshift = (iamRole: string | undefined): WarehouseEngine => ({
  createTemporary: 'create temp table',
  inlined: '',
  failure: (_, witness) => `1 / (cast(length(cast(${witness} as varchar(128))) as bigint) * 0)`,
  // Without ENCRYPTED AUTO its files would not be encrypted with the key of the bucket. Without PARALLEL OFF each slice would
  // order only its own rows.
  unload: (select, prefix, order) =>
    `unload (${literal(`\n${select}${orderedBy(order)}\n`)}) to ${literal(prefix)} iam_role ${iamRole ? literal(iamRole) : 'default'} format json encrypted auto${order === undefined ? '' : ' parallel off'} allowoverwrite`,
});
