import type { Model } from '../catalog.ts';
import { affectedSpines } from './rebuild-facts.ts';
import { literal, modelsOf, type Plan, withInlined } from './rebuild-plan.ts';

/** Most offending rows that are kept of one check. */
const kept = 1000;

/**
 * Runs every check into one relation (check_name, severity, subject, detail), unloads it under `<unload>checks/`, where
 * it survives a rollback, and fails the transaction if a check of severity `error` found anything.
 */
export const runChecks = (plan: Plan): string[] => {
  const checks = modelsOf(plan, 'check');
  if (checks.length === 0) return [];
  const refs = [...new Set(checks.flatMap((check) => check.refs))];
  return [
    `${plan.engine.createTemporary} failed_checks as
${withInlined(
  plan,
  refs,
  modelsOf(plan, 'fact').flatMap((fact) => affectedSpines(plan, fact)),
)}${checks.map(offendingRows).join('\nunion all\n')}`,
    plan.engine.unload(
      'select check_name, severity, subject, detail from failed_checks',
      `${plan.run.unload}checks/`,
    ),
    `select case when count(*) > 0 then ${plan.engine.failure('checks failed:', 'max(check_name)')} else 0 end as failed
from failed_checks where severity = 'error'`,
  ];
};

const offendingRows = ({ name, severity, incremental_sql }: Model): string =>
  `select cast(${literal(name)} as varchar(128)) as check_name, cast(${literal(severity)} as varchar(8)) as severity, subject, detail from (
select subject, detail from (\n${incremental_sql}\n) as model order by subject, detail limit ${kept}
) as offending`;
