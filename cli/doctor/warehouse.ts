import { lambdaEnvironment } from '../../functions/adapters/lambda-environment.ts';
import { redshiftQueries } from '../../functions/adapters/redshift-queries.ts';
import { functionName, type Queries } from '../../functions/pipeline/index.ts';
import { laptopWarehouse } from '../target/laptop-warehouse.ts';
import type { Target } from '../target/target.ts';
import { nextAfter, type Problem } from './problem.ts';

/** Whether the warehouse answers. An empty query starts one that rests; Redshift Serverless bills a minute for it. */
export const warehouseProblems = async (
  { stack, isLaptop }: Pick<Target, 'stack' | 'isLaptop'>,
  given?: Queries['ask'],
): Promise<Problem[]> => {
  try {
    const ask = given ?? redshiftQueries(isLaptop ? laptopWarehouse : await warehouseOf(stack)).ask;
    await ask('select 1');
    return [];
  } catch (cause) {
    const message = `the warehouse does not answer: ${cause instanceof Error ? cause.message : cause}`;
    return [{ check: 'warehouse', about: stack, message, next: nextAfter(cause) }];
  }
};

/** The function that sends rebuilds knows it. */
const warehouseOf = async (stack: string) => {
  const { WAREHOUSE, DATABASE } = (await lambdaEnvironment(functionName(stack, 'rebuild-models'))) ?? {};
  if (!WAREHOUSE || !DATABASE) throw new Error('rebuild-models names none');
  return { warehouse: WAREHOUSE, database: DATABASE };
};
