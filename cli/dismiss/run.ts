import { userInfo } from 'node:os';
import pLimit from 'p-limit';
import {
  type AnyFile,
  anyFile,
  type Dismissable,
  dismiss,
  type FileRecord,
  fileId,
  type Ledger,
  leftInQuarantine,
  needingPerson,
  rowsFileOf,
  takeBack,
} from '../../functions/pipeline/index.ts';
import { answer } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { recordDocument } from '../output/file-document.ts';
import { fileStory } from '../output/file-story.ts';
import { nextCommand } from '../output/next-command.ts';
import { filesNamed } from '../target/files-named.ts';
import { onTarget, type TargetFlags } from '../target/target.ts';

export type DismissFlags = TargetFlags & {
  readonly dataset?: string;
  readonly by?: string;
  readonly undo?: boolean;
};

/** There is nothing in quarantine to dismiss. */
export class CannotDismiss extends Error {
  override readonly name = 'CannotDismiss';
}

/** Records that the rows of a file that are still in quarantine are dropped on purpose, or undoes that. */
export const dismissRows = (name: string, flags: DismissFlags): Promise<void> =>
  onTarget(flags, async ({ ledger }) => {
    const named = await filesNamed(ledger, name, flags.dataset);
    const known = await withRepairs(ledger, named);
    const isAsked = (file: AnyFile): boolean =>
      !isVersion(name, named) || named.some((one) => fileId(one) === fileId(file));
    const open = (flags.undo ? known.filter(({ dismissed }) => dismissed) : droppable(known)).filter(isAsked);
    if (open.length === 0) throw new CannotDismiss(whyNothing(name, named, flags));
    const by = flags.by ?? userInfo().username;
    const written = await pLimit(8).map(open, (file) => write(ledger, file, known, { ...flags, by }));
    answer(flags, { files: written.map(recordDocument) }, written.map(said(known)));
  });

const isVersion = (name: string, named: readonly AnyFile[]): boolean =>
  named.some(({ version }) => name.endsWith(`@${version}`));

/** Includes every version of these files and all their repairs: they decide which rows are still in quarantine. */
const withRepairs = async (ledger: Ledger, named: readonly AnyFile[]): Promise<AnyFile[]> => {
  const keys = new Map(named.map(({ key, dataset }) => [key, dataset]));
  const stories = await Promise.all([...keys].map(([key, dataset]) => fileStory(ledger, dataset, key)));
  return [...new Map(stories.flat().map((file) => [fileId(file), file])).values()];
};

const droppable = (known: readonly AnyFile[]): AnyFile[] =>
  needingPerson(known).filter((file) => file.state === 'quarantined' || rowsFileOf(file) !== undefined);

const whyNothing = (name: string, named: readonly AnyFile[], { undo }: DismissFlags): string => {
  if (named.length === 0)
    return `the ledger knows no file ${name}; ${nextCommand('runs')} shows what it knows`;
  return undo ? `${name} has no dismissed rows` : `${name} has nothing in quarantine that waits for a person`;
};

const isDismissable = (file: FileRecord): file is Dismissable =>
  ['published', 'quarantined', 'superseded'].includes(file.state) &&
  anyFile(file).archived_at !== undefined &&
  anyFile(file).reprocess === undefined;

/** A file that still moves or is reprocessed may get a new record at any moment. */
const write = async (
  ledger: Ledger,
  file: AnyFile,
  known: readonly AnyFile[],
  { by, undo }: DismissFlags & { readonly by: string },
): Promise<AnyFile> => {
  const clock = { now: () => new Date().toISOString() };
  const now = await ledger.files.find(file);
  const written =
    !now || now.rev !== file.rev || !isDismissable(now)
      ? undefined
      : await (undo ? takeBack(ledger, now) : dismiss({ ledger, clock }, now, known, by));
  if (!written) throw new CannotDismiss(`${fileId(file)} is being processed: try again when that is done`);
  return written;
};

const waiting = (rows: number): string => `${count(rows, 'row')} ${rows === 1 ? 'waits' : 'wait'}`;

const said =
  (known: readonly AnyFile[]) =>
  (file: AnyFile): string => {
    const { dismissed } = file;
    if (!dismissed) return `${fileId(file)}: ${waiting(leftInQuarantine(file, known))} for a person again`;
    return `${fileId(file)}: ${count(dismissed.rows, 'row')} dropped on purpose by ${dismissed.by}, they stay in quarantine`;
  };
