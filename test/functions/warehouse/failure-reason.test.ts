import { describe, expect, test } from 'vitest';
import type { CheckViolations } from '../../../functions/warehouse/check-violations.ts';
import { failureReason } from '../../../functions/warehouse/failure-reason.ts';
import type { Mart } from '../../../functions/warehouse/model.ts';
import { simulatedCatalog } from '../../simulation/catalog.ts';

const simulated = simulatedCatalog.marts.listening as Mart;
const personal: Mart = {
  ...simulated,
  models: simulated.models.map((model) =>
    model.name === 'stg_plays' ? { ...model, personal: ['email'] } : model,
  ),
};
const spec = {
  statements: ['insert into gold.fence', 'insert into gold.fact_plays select cast(email as bigint) as id'],
  paths: ['', 'sql/marts/fact_plays.sql'],
};
const marked = { ...personal, models: personal.models.map((m) => ({ ...m, path: pathOf(m.name) })) };
function pathOf(name: string): string {
  return name === 'fact_plays' ? 'sql/marts/fact_plays.sql' : `sql/${name}.sql`;
}
const reasonOf = (error: string, mart = simulated, checks: readonly CheckViolations[] = []): string =>
  failureReason(mart, { error, spec, checks });

const conversion = `Query #2 failed with ERROR: Conversion Error: Could not convert string 'ann@x.org' to INT64 when casting from source column email

LINE 2: select cast(email as bigint)
               ^`;

describe('why a rebuild failed', () => {
  test('is the checks that stopped it, whatever the warehouse says', () => {
    const check = { check: 'totals', file: '', severity: 'error', rows: 1, first: [] } as const;
    const warning = { ...check, check: 'many_unknown', severity: 'warn' } as const;
    expect(reasonOf('Query #1 failed with ERROR: division by zero', simulated, [check, warning])).toBe(
      'a check failed: totals',
    );
    expect(reasonOf('x', simulated, [check, { ...check, check: 'sums' }])).toBe(
      'checks failed: totals, sums',
    );
  });

  test('is the file whose SQL failed and what the database says of it, and no more', () => {
    const plain = { ...marked, models: marked.models.map((model) => ({ ...model, personal: [] })) };
    expect(reasonOf(conversion, plain)).toBe(
      "sql/marts/fact_plays.sql: Conversion Error: Could not convert string 'ann@x.org' to INT64 when casting from source column email",
    );
  });

  test('holds no value where the model is made of personal ones', () => {
    expect(reasonOf(conversion, marked)).toBe(
      "sql/marts/fact_plays.sql: Conversion Error: Could not convert string '***' to INT64 when casting from source column email",
    );
    expect(
      reasonOf('Query #2 failed with ERROR: Overflow in addition of INT64 (9223372036854775807 + 1)', marked),
    ).toBe('sql/marts/fact_plays.sql: Overflow in addition of INT64 (*** + ***)');
  });

  test('holds no value either where it is not known which model failed', () => {
    expect(reasonOf("Query #1 failed with ERROR: bad value 'ann'", marked)).toBe("bad value '***'");
    expect(reasonOf("ERROR: bad value 'ann'", marked)).toBe("bad value '***'");
    expect(reasonOf("ERROR: bad value 'ann'", simulated)).toBe("bad value 'ann'");
  });

  test('is bounded', () => {
    expect(reasonOf('x'.repeat(9_000))).toHaveLength(501);
  });
});
