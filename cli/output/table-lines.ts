import { styleText } from 'node:util';
import { type MartRuns, migrationId } from '../../functions/pipeline/index.ts';
import { nextCommand } from './next-command.ts';
import { shortTime } from './states.ts';

type Tables = Pick<MartRuns, 'mart' | 'tables' | 'migration'>;

/** True for a mart whose last migration failed. */
export const isMigrationFailed = ({ tables }: Tables): boolean => tables === 'failed';

/** Why the migration of a mart failed, and what to do; empty if it did not fail. */
export const failedTableLines = (runs: Tables): string[] =>
  isMigrationFailed(runs)
    ? [
        `${styleText('bold', runs.mart)}: ${tablesText(runs)}`,
        `  ${runs.migration?.reason}`,
        `  ${styleText('dim', `next: correct the models and deploy, or run ${nextCommand('retry', '--mart', runs.mart, '--tables')}`)}`,
      ]
    : [];

/** A mart whose tables are not there yet; empty for others. */
export const waitingTableLines = (runs: Tables): string[] =>
  runs.tables === 'missing' || runs.tables === 'migrating'
    ? [`${styleText('bold', runs.mart)}: ${styleText('yellow', tablesText(runs))}`]
    : [];

/** The state of a mart's tables. */
export const tablesText = ({ tables, migration }: Tables): string => {
  if (tables === 'missing' || !migration) return 'the tables of the deployed models are not created yet';
  const id = migrationId(migration);
  if (tables === 'migrating')
    return `migration ${id} creates its tables since ${shortTime(migration.opened_at)}`;
  const ended = shortTime(migration.closed_at ?? migration.opened_at);
  return tables === 'failed'
    ? `migration ${id} ${styleText('red', 'failed')} at ${ended}`
    : `tables of migration ${id}, created or changed ${ended}`;
};
