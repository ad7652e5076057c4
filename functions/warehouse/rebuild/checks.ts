import { checksPrefix } from '../check-violations.ts';
import type { Check, View } from '../model.ts';
import { affectedSpines } from './facts.ts';
import {
  fullText,
  goldTable,
  incrementalText,
  literal,
  modelsOf,
  type Named,
  type Plan,
  rowsOfView,
  type Text,
  withInlined,
} from './plan.ts';

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
  const texts = checks.map((check) => ({ check, text: textFor(plan, check) }));
  const own = texts.flatMap(({ text }) => text.relations);
  return [
    `${plan.engine.createTemporary} failed_checks as
${withInlined(
  plan,
  refs,
  modelsOf(plan, 'fact').flatMap((fact) => affectedSpines(plan, fact)),
  [...stored.flatMap(asRelations), ...own.map(({ name, sql }) => ({ name, sql: inlining(stored, sql) }))],
)}${inlining(stored, texts.map(({ check, text }) => offendingRows(check, text.sql)).join('\nunion all\n'))}`,
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

const asRelations = (view: View): Named[] => {
  const { sql, relations } = rowsOfView(view);
  return [...relations, { name: view.name, sql }];
};

/** The rows of a check that are kept; values that may be personal never leave the warehouse. */
const offendingRows = ({ name, path, severity, personal }: Check, sql: string): string => {
  const shown = (column: string, type: string): string =>
    personal.includes(column) ? `cast('${hidden}' as ${type}) as ${column}` : column;
  return `select cast(${literal(name)} as varchar(128)) as check_name, cast(${literal(path)} as varchar(1024)) as file,
cast(${literal(severity)} as varchar(8)) as severity,
${shown('subject', 'varchar(1024)')}, ${shown('detail', 'varchar(4096)')}, found from (
select subject, detail, count(*) over () as found from (\n${sql}\n) as model order by subject, detail limit ${kept}
) as offending`;
};

/**
 * A check reads only what the rebuild touched, because the rest passed before. It reads everything if it is new, has changed or
 * still warned of something, so that the last rebuild's result is always complete.
 */
const textFor = ({ run: { previous, warned = [] } }: Plan, check: Check): Text => {
  const isKnown = previous === undefined || previous.models[check.name]?.hash === check.hash;
  return isKnown && !warned.includes(check.name) ? incrementalText(check) : fullText(check);
};
