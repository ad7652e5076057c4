import type { Mart } from '../model.ts';
import { type WarehouseTarget, warehouseEngine } from '../rebuild/engine.ts';
import { fitsTransaction } from '../rebuild/limits.ts';
import { literal } from '../rebuild/plan.ts';
import type { Step } from './definitions.ts';

type Migration = { readonly mart: Mart; readonly seq: number; readonly target: WarehouseTarget };

/** As few transactions as the limits allow, each of which fails if a newer migration of the mart has begun. */
export const inTransactions = (
  migration: Migration,
  setUp: readonly string[],
  steps: readonly Step[],
): string[][] => {
  const guard = raiseSequence(migration);
  const transactions = [[...setUp, guard]];
  let last = transactions[0];
  for (const step of steps) {
    if (typeof step !== 'string') {
      transactions.push([step.alone]);
      last = undefined;
    } else if (last && fitsTransaction([...last, step])) last.push(step);
    else {
      last = [guard, step];
      transactions.push(last);
    }
  }
  return transactions;
};

const raiseSequence = ({ mart, seq, target }: Migration): string => {
  const name = literal(mart.name);
  const late = warehouseEngine(target).failure('a newer migration has begun', 'newest.seq');
  return `insert into gold.migrations (mart, seq, version)
select ${name}, case when newest.seq < ${seq} then ${seq} else ${late} end, ${literal(mart.tables_hash)}
from (select coalesce(max(seq), 0) as seq from gold.migrations where mart = ${name}) as newest where newest.seq <> ${seq}`;
};
