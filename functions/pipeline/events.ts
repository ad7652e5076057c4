import * as z from 'zod';
import { type FileVersion, fileId } from './lake-keys.ts';

/**
 * Events that wake the functions, each saying what happened, and the command with which one function asks another to look
 * again. Batches and rebuilds say the file version with which they began, for the log.
 */

const begun = { correlation_id: z.string().optional() };

/** S3 reports a new object version. */
export const ObjectCreated = z.object({
  detail: z.object({
    object: z.object({ key: z.string(), 'version-id': z.string(), size: z.number().optional() }),
  }),
  /** When it was created. */
  time: z.string().optional(),
});
export type ObjectCreated = z.infer<typeof ObjectCreated>;

/** A file version, `<key>@<version>`, got its verdict. */
export const FileEvent = z.object({
  'detail-type': z.enum(['File Accepted', 'File Rejected', 'File Ignored']),
  detail: z.object({ dataset: z.string(), file: z.string() }),
});
export type FileEvent = z.infer<typeof FileEvent>;

/** A batch ended. */
export const BatchEvent = z.object({
  'detail-type': z.enum(['Batch Published', 'Batch Failed']),
  detail: z.object({ dataset: z.string(), batch: z.string(), ...begun }),
});
export type BatchEvent = z.infer<typeof BatchEvent>;

/** A rebuild of a mart ended. */
export const MartEvent = z.object({
  'detail-type': z.enum(['KPIs Published', 'KPIs Failed']),
  detail: z.object({ mart: z.string(), rebuild: z.string(), ...begun }),
});
export type MartEvent = z.infer<typeof MartEvent>;

/** One of the pipeline's own events. */
export type OurEvent = FileEvent | BatchEvent | MartEvent;

/** Glue reports the end of a run. */
export const RunEnded = z.object({ detail: z.object({ jobRunId: z.string() }) });
export type RunEnded = z.infer<typeof RunEnded>;

/** The warehouse reports the end of a statement. */
export const StatementEnded = z.object({
  detail: z.object({ statementId: z.string(), statementName: z.string() }),
});
export type StatementEnded = z.infer<typeof StatementEnded>;

/** What each function can be asked to look at again. */
export const looks = {
  'validate-landing': ['file'],
  'archive-files': ['file'],
  'run-transform': ['dataset', 'batch'],
  'check-quality': ['run'],
  'settle-batch': ['run'],
  'migrate-tables': ['deployment', 'mart'],
  'rebuild-models': ['mart'],
  'publish-kpis': ['rebuild'],
  'pull-sources': ['pull'],
  'pull-databases': ['pull'],
} as const;
export type FunctionName = keyof typeof looks;
export type LookKind<Name extends FunctionName = FunctionName> = (typeof looks)[Name][number];

/** Asks a function to look at something again, because the event for it may be lost. `id` is the id in the ledger. */
export type LookAgain<Kind extends LookKind = LookKind> = {
  readonly command: 'Look Again';
  readonly kind: Kind;
  /** A file `<key>@<version>`, a dataset, a batch, a run of a job, a deployed stack, a mart, a rebuild or a pull. */
  readonly id: string;
};

/** The command as a function receives it. */
export const lookAgainFor = <Name extends FunctionName>(name: Name) =>
  z.object({
    command: z.literal('Look Again'),
    kind: z.enum(looks[name] as readonly LookKind<Name>[] as [LookKind<Name>, ...LookKind<Name>[]]),
    id: z.string(),
  });

export const lookAgain = <Kind extends LookKind>(kind: Kind, id: string): LookAgain<Kind> => ({
  command: 'Look Again',
  kind,
  id,
});

export const fileEvent = (
  type: FileEvent['detail-type'],
  file: FileVersion & { readonly dataset: string },
): FileEvent => ({
  'detail-type': type,
  detail: { dataset: file.dataset, file: fileId(file) },
});

type Begun = { readonly correlation_id?: string | undefined };
const begunWith = ({ correlation_id }: Begun): Begun =>
  correlation_id === undefined ? {} : { correlation_id };

export const batchEvent = (
  type: BatchEvent['detail-type'],
  batch: Begun & { readonly dataset: string; readonly id: string },
): BatchEvent => ({
  'detail-type': type,
  detail: { dataset: batch.dataset, batch: batch.id, ...begunWith(batch) },
});

export const martEvent = (
  type: MartEvent['detail-type'],
  rebuild: Begun & { readonly mart: string; readonly id: string },
): MartEvent => ({
  'detail-type': type,
  detail: { mart: rebuild.mart, rebuild: rebuild.id, ...begunWith(rebuild) },
});
