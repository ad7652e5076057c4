import type { ObjectCreated, RunEnded, StatementEnded } from '../../functions/pipeline/events.ts';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import type { Statement } from '../../functions/pipeline/ports.ts';

/** Events as the services send them, as far as the functions read them. */

export const objectCreated = ({ key, version }: FileVersion): ObjectCreated => ({
  detail: { object: { key, 'version-id': version } },
});

export const runEnded = (jobRunId: string): RunEnded => ({ detail: { jobRunId } });

export const statementEnded = (statement: Statement, statementName: string): StatementEnded => ({
  detail: { statementId: statement.id, statementName },
});
