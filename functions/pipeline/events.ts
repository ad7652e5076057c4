import * as z from 'zod';
import { type FileVersion, fileId } from './lake-keys.ts';
import type { JobName, Statement } from './ports.ts';

/** Events that the functions wake on, and the same events made again from what the ledger knows. */

/** S3 says that an object version was created. */
export const ObjectCreated = z.object({
  detail: z.object({
    object: z.object({ key: z.string(), 'version-id': z.string(), size: z.number().optional() }),
  }),
  /** When it was created; absent in an event that was made again. */
  time: z.string().optional(),
});
export type ObjectCreated = z.infer<typeof ObjectCreated>;

/** One of ours: `id` is a file (`<key>@<version>`), a batch or a rebuild; `dataset` names the mart of a rebuild. */
export const OurEvent = z.object({
  'detail-type': z.enum([
    'File Accepted',
    'File Rejected',
    'File Ignored',
    'Batch Published',
    'Batch Failed',
    'KPIs Published',
    'KPIs Failed',
  ]),
  detail: z.object({ dataset: z.string(), id: z.string() }),
});
export type OurEvent = z.infer<typeof OurEvent>;

/** Glue says that a run reached its end. */
export const RunEnded = z.object({ detail: z.object({ jobRunId: z.string() }) });
export type RunEnded = z.infer<typeof RunEnded>;

/** The warehouse says that a statement reached its end. */
export const StatementEnded = z.object({
  detail: z.object({ statementId: z.string(), statementName: z.string() }),
});
export type StatementEnded = z.infer<typeof StatementEnded>;

export const objectCreated = ({ key, version }: FileVersion): ObjectCreated => ({
  detail: { object: { key, 'version-id': version } },
});

export const ourEvent = (type: OurEvent['detail-type'], dataset: string, id: string): OurEvent => ({
  'detail-type': type,
  detail: { dataset, id },
});

export const fileEvent = (type: OurEvent['detail-type'], file: FileVersion & { dataset: string }): OurEvent =>
  ourEvent(type, file.dataset, fileId(file));

export const runEnded = (jobRunId: string): RunEnded => ({ detail: { jobRunId } });

export const statementEnded = (statement: Statement, statementName: string): StatementEnded => ({
  detail: { statementId: statement.id, statementName },
});

/** The function that takes up where a job's run ended. */
export const afterRun: Readonly<Record<JobName, 'check-quality' | 'settle-batch'>> = {
  transform: 'check-quality',
  quality: 'settle-batch',
};
