import { notValidated } from '../exit-codes.ts';
import { answer, inParts, notice } from '../output/answer.ts';
import { type CheckedFile, checkFile } from './file.ts';
import { checkedLines } from './lines.ts';
import { BrokenManifest, manifestFor } from './manifest.ts';

export type CheckFlags = {
  readonly manifest?: string;
  readonly dataset?: string;
  readonly rows?: string;
  readonly json?: boolean;
};

/** Validates local files one after another and prints the violations of each; the exit code is the worst of them. */
export const checkFiles = async (paths: readonly string[], flags: CheckFlags): Promise<void> => {
  const manifestOf = await manifestFor(flags).catch((cause: unknown) => reject(cause, flags));
  if (!manifestOf) return;
  const checked: CheckedFile[] = [];
  for (const path of paths) checked.push(await checkFile(path, manifestOf, flags.rows));
  answer(flags, { files: checked }, inParts(...checked.map((one) => checkedLines(one, flags.rows))));
  process.exitCode = Math.max(0, ...checked.map(exitCodeOf));
};

/** Without a manifest no file can be validated. */
const reject = (cause: unknown, flags: CheckFlags): undefined => {
  const message = cause instanceof Error ? cause.message : String(cause);
  const problems = cause instanceof BrokenManifest ? cause.problems : [];
  notice([`error: ${message}`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
  if (flags.json) answer(flags, { error: message, problems, files: [] }, []);
  process.exitCode = notValidated;
};

const exitCodeOf = (checked: CheckedFile): number => {
  if (checked.verdict === 'not validated') return notValidated;
  if (checked.verdict === 'ignored') return 0;
  return checked.violations_total > 0 || (checked.quarantined_rows ?? 0) > 0 ? 1 : 0;
};
