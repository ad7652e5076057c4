import type { Catalog } from '../../functions/pipeline/index.ts';
import { appliedBy, type Mart, rebuildBatches } from '../../functions/warehouse/index.ts';
import type { Problem } from '../sql/problem.ts';
import { SqlSyntaxError } from '../sql/tree.ts';
import { readStatement, type Statement } from './statement.ts';
import { statementRules } from './statement-rules.ts';
import { textRules } from './text-rules.ts';

/** What is wrong with a statement on Redshift, each with the title of the page that says so. Needs the loaded parser. */
export const statementProblems = (text: string): string[] => {
  const statement = read(text);
  if (typeof statement === 'string') return [statement];
  const found = [
    ...textRules.flatMap(({ page, find }) =>
      find(statement.nodes, statement.tokens).map(({ message }) => `${message} (${page.title})`),
    ),
    ...statementRules.flatMap(({ page, find }) =>
      find(statement).map((message) => `${message} (${page.title})`),
    ),
  ];
  return [...new Set(found)];
};

const read = (text: string): Statement | string => {
  try {
    return readStatement(text);
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    return `cannot be read: ${error.message}`;
  }
};

/**
 * Problems of the statements that rebuild the marts of a catalog for Redshift, first and later: names and forms that a rebuild
 * puts around the texts of models, which are checked on their own.
 */
export const redshiftProblems = ({ marts }: Catalog): Problem[] =>
  Object.values(marts).flatMap((mart) =>
    statementsOf(mart).flatMap(({ path, sql }) =>
      statementProblems(sql).map((message) => ({ file: path || 'sql', message: `Redshift: ${message}` })),
    ),
  );

/** A first rebuild, and one after which every text of a check has changed, which then reads everything. */
const statementsOf = (mart: Mart): { readonly path: string; readonly sql: string }[] => {
  const run = {
    rebuild: 'check',
    seq: 2,
    batches: ['check'],
    unload: 's3://lake/',
    target: 'redshift',
  } as const;
  const warned = mart.models.filter(({ kind }) => kind === 'check').map(({ name }) => name);
  return [run, { ...run, shown: 1, previous: appliedBy(mart), warned }].flatMap((options) =>
    rebuildBatches(mart, options).flatMap(({ statements, paths }) =>
      statements.map((sql, at) => ({ path: paths[at] ?? '', sql })),
    ),
  );
};
