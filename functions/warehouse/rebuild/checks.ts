import { checksPrefix } from '../check-violations.ts';
import type { Check, View } from '../model.ts';
import { affectedSpines } from './facts.ts';
import { goldTable, literal, modelsOf, type Plan, withInlined } from './plan.ts';
import { rowsOfView } from './tables.ts';

/** Most rows that are kept of one check. */
const kept = 1000;

/** Replaces values that may be personal. */
export const hidden = '***';

/**
 * Runs all checks into one relation (check_name, file, severity, subject, detail, found: the number of rows of that check),
 * unloads it under `<unload>checks/`, where it survives a rollback, and fails the transaction if a check of severity `error`
 * found anything.
 */
export const runChecks = (plan: Plan): string[] => {
  const checks = modelsOf(plan, 'check');
  if (checks.length === 0) return [];
  const refs = [...new Set(checks.flatMap((check) => check.refs))];
  const stored = modelsOf(plan, 'view').filter((view) => view.stored && refs.includes(view.name));
  return [
    `${plan.engine.createTemporary} failed_checks as
${withInlined(
  plan,
  refs,
  modelsOf(plan, 'fact').flatMap((fact) => affectedSpines(plan, fact)),
  stored.map((view) => ({ name: view.name, sql: rowsOfView(view) })),
)}${inlining(stored, checks.map((check) => offendingRows(plan, check)).join('\nunion all\n'))}`,
    plan.engine.unload(
      'select check_name, file, severity, subject, detail, found from failed_checks',
      checksPrefix(plan.run.unload),
    ),
    `select case when count(*) > 0 then ${plan.engine.failure('checks failed:', 'max(check_name)')} else 0 end as failed
from failed_checks where severity = 'error'`,
  ];
};

/** Checks read the select of a stored view: its rows are still those before the rebuild. */
const inlining = (stored: readonly View[], checks: string): string =>
  stored.reduce(
    (text, view) =>
      text.replaceAll(new RegExp(`\\b${goldTable(view).replace('.', '\\.')}\\b`, 'g'), view.name),
    checks,
  );

/** The rows of a check that are kept; values that may be personal never leave the warehouse. */
const offendingRows = (plan: Plan, check: Check): string => {
  const { name, path, severity, personal } = check;
  const shown = (column: string, type: string): string =>
    personal.includes(column) ? `cast('${hidden}' as ${type}) as ${column}` : column;
  return `select cast(${literal(name)} as varchar(128)) as check_name, cast(${literal(path)} as varchar(1024)) as file,
cast(${literal(severity)} as varchar(8)) as severity,
${shown('subject', 'varchar(1024)')}, ${shown('detail', 'varchar(4096)')}, found from (
select subject, detail, count(*) over () as found from (\n${textFor(plan, check)}\n) as model order by subject, detail limit ${kept}
) as offending`;
};

/**
 * A check reads only what the rebuild touched, because the rest passed before. It reads everything if it is new, has changed or
 * still warned of something, so that the last rebuild's result is always complete.
 */
const textFor = (
  { run: { previous, warned = [] } }: Plan,
  { name, hash, sql, inner_sql = sql, incremental_sql }: Check,
): string => {
  const isKnown = previous === undefined || previous.models[name]?.hash === hash;
  return isKnown && !warned.includes(name) ? incremental_sql : inner_sql;
};
