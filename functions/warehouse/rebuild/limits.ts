import { PipelineError } from '../../values/index.ts';
import { compact } from './compact.ts';
import type { Part } from './plan.ts';

/** Limits of one transaction of the warehouse: number of statements, bytes of SQL. */
export const transactionLimits = { statements: 40, bytes: 100_000 } as const;

/**
 * One transaction of a rebuild, with the file of `sql/` that each of its statements runs; empty if it is not exactly one file.
 */
export type RebuildBatch = {
  /** `rebuild` is the last one, after which the KPIs are written. */
  readonly step: 'gold' | 'rebuild';
  readonly statements: readonly string[];
  readonly paths: readonly string[];
};

/** A transaction beyond the warehouse's limits. */
export class OversizedRebuild extends PipelineError {
  override readonly name = 'OversizedRebuild';

  constructor(
    readonly mart: string,
    batch: RebuildBatch,
  ) {
    const { statements, bytes } = sizeOf(batch.statements);
    super(
      `rebuilding ${mart} takes ${statements} statements (of at most ${transactionLimits.statements}) and ${bytes} bytes (of less than 100,000) ${inOne[batch.step]}: split it into marts that share no model, or put models together; most take ${mostOf(batch)}`,
    );
  }
}

const inOne = {
  gold: 'for its tables and checks',
  rebuild: 'for its KPIs',
} as const;

export const batchOf = (step: RebuildBatch['step'], parts: readonly Part[]): RebuildBatch => ({
  step,
  statements: parts.flatMap(({ statements }) => statements.map(compact)),
  paths: parts.flatMap(({ path, statements }) => statements.map(() => path)),
});

const sizeOf = (statements: readonly string[]): { statements: number; bytes: number } => ({
  statements: statements.length,
  bytes: statements.reduce((total, statement) => total + new TextEncoder().encode(statement).length, 0),
});

/** Whether statements fit into one transaction. */
export const fitsTransaction = (all: readonly string[]): boolean => {
  const { statements, bytes } = sizeOf(all);
  return statements <= transactionLimits.statements && bytes < transactionLimits.bytes;
};

export const isWithinLimits = ({ statements }: RebuildBatch): boolean => fitsTransaction(statements);

/** The files with the most statements, with their number. */
const mostOf = ({ paths }: RebuildBatch): string => {
  const counts = new Map<string, number>();
  for (const path of paths) if (path !== '') counts.set(path, (counts.get(path) ?? 0) + 1);
  const files = [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  return files
    .slice(0, 5)
    .map(([path, count]) => `${path} ${count}`)
    .join(', ');
};
