import { rowsFormat, type Scratch } from '../../../validation/index.ts';
import { archiveKey, fileId, reprocessReportKey, rowsBeside } from '../../lake-keys.ts';
import type { Clock, Files, Ledger } from '../../ports.ts';
import { landedFile } from '../../queries/repairs.ts';
import type { AnyFile, FileIn, FileMove, Reprocessed } from '../../records/file.ts';
import { sha256Of, type Verdict, verdictAgain } from '../conclude-verdict.ts';
import { linesOf } from '../repair-source.ts';
import { validateBytes } from '../validate-file.ts';
import { endReprocess, publishedRepairs, type Reprocessing, stepReprocess } from './reprocess.ts';

/**
 * Validates archived bytes again, under the manifest in force; in any case the file's rows stay in use until they are replaced.
 */

type Ports = { files: Files; ledger: Ledger; clock: Clock; scratch?: () => Scratch };

/** The result: the file waits for a batch, keeps its rows, or waits. */
export type Again =
  | { readonly is: 'accepted'; readonly patch: FileMove<'accepted'>; readonly repaired_by: readonly string[] }
  | { readonly is: 'kept'; readonly outcome: Omit<Reprocessed, 'asked_at' | 'ended_at'> }
  | { readonly is: 'waiting'; readonly reason: string };

/** Validates a published file again and records the result; undefined if the record has changed. */
export const validateAgain = async (
  ports: Ports,
  file: Reprocessing,
): Promise<{ again: Again; record: FileIn<'published'> | undefined }> => {
  const again = await readAgain(ports, file);
  return { again, record: await record(ports, file, again) };
};

const record = (ports: Ports, file: Reprocessing, again: Again): Promise<FileIn<'published'> | undefined> => {
  if (again.is === 'kept') return endReprocess(ports, file, again.outcome);
  if (again.is === 'waiting')
    return ports.ledger.files.amend<'published'>(file, {
      reprocess: { ...file.reprocess, reason: again.reason },
    });
  const { reason: _reason, accepted_at: _at, landed_as: _as, sha256: _sha, ...found } = again.patch;
  return stepReprocess(ports.ledger, file, 'accepted', {
    ...found,
    repaired_by: again.repaired_by,
    reason: undefined,
  });
};

const readAgain = async (ports: Ports, file: Reprocessing): Promise<Again> => {
  const repairs = await publishedRepairs(ports.ledger, file);
  const stored = file.stored_as && (await ports.files.versionsOf(file.stored_as)).at(-1);
  let violations = 0;
  let isSame = true;
  const verdict = await validateBytes(ports, file, stored || file, async (under, validated) => {
    if (validated.validation.verdict === 'rejected') violations = validated.validation.total;
    isSame = sha256Of(validated.validation) === file.sha256;
    return verdictAgain(ports, file, under, validated);
  });
  if (!isSame) return kept('the archived bytes are not those that landed');
  return follows(ports, file, verdict, violations, repairs);
};

const kept = (reason: string, told: Partial<Reprocessed> = {}): Again => ({
  is: 'kept',
  outcome: { outcome: 'kept', reason, ...told },
});

const follows = async (
  { files }: Ports,
  file: Reprocessing,
  verdict: Verdict,
  violations: number,
  repairs: readonly FileIn<'published'>[],
): Promise<Again> => {
  if (verdict.state === 'landed') return { is: 'waiting', reason: verdict.reason };
  if (verdict.state === 'missing') return kept('its archived bytes are gone');
  if (verdict.state === 'ignored')
    return kept(`the manifest in force would ignore it: ${verdict.patch.reason}`);
  if (verdict.state === 'rejected') {
    const report = reprocessReportKey({ ...file, ...verdict.patch });
    return kept(verdict.patch.reason, { violations, report });
  }
  const { patch } = verdict;
  const taken = await noLongerQuarantined(files, { ...file, ...patch, state: 'published' }, repairs);
  if (taken === undefined) return { is: 'accepted', patch, repaired_by: repairs.map(fileId) };
  return kept(
    `line ${taken.line} was repaired and is published as ${taken.name}; the manifest in force accepts the line as it landed, ` +
      'so it would count twice: land the corrected file as a whole',
  );
};

/** A line that was repaired and that the manifest in force now accepts as it landed: its rows would count twice. */
const noLongerQuarantined = async (
  files: Files,
  file: AnyFile,
  repairs: readonly FileIn<'published'>[],
): Promise<{ line: number; name: string } | undefined> => {
  if (repairs.length === 0) return undefined;
  const format = rowsFormat(file);
  const places = file.clean_key === undefined ? [] : [rowsBeside(file.clean_key, format)];
  const hasQuarantinedRows = (file.quarantined_rows ?? 0) > 0;
  const quarantined = new Set(hasQuarantinedRows ? await linesOf(files, places, format) : []);
  for (const repair of repairs) {
    // Its bytes may leave landing between reading the ledger and reading the lake.
    const lines = await linesOf(files, [repair, archiveKey(repair)], format);
    const line = lines.find((one) => !quarantined.has(one));
    if (line !== undefined) return { line, name: landedFile(repair) };
  }
  return undefined;
};
