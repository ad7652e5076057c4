import { type AnyFile, balanceOf, hangsOn, landedFile } from '../../functions/pipeline/index.ts';
import { count } from './count.ts';

/** A moment in text, to the second and in UTC: `2026-11-21 05:28:15`. */
export const shortTime = (moment: string): string => moment.slice(0, 19).replace('T', ' ');

/** Who dismissed rows of the file, and when; empty if nobody did. */
const droppedText = ({ dismissed }: AnyFile): string =>
  dismissed
    ? `${dismissed.rows.toLocaleString('en-US')} dropped on purpose by ${dismissed.by} at ${shortTime(dismissed.at)}`
    : '';

/**
 * How many records a file has, how many are quarantined, and how many of those are repaired. The repaired ones are included in
 * the quarantined ones.
 */
export const rowsText = (record: AnyFile, others: readonly AnyFile[]): string => {
  const { records, quarantined_rows: quarantined = 0 } = record;
  if (records === undefined) return '';
  if (quarantined === 0) return [count(records, 'row'), droppedText(record)].filter(Boolean).join(', ');
  const own = landedFile(record);
  const { repaired } = balanceOf(
    record,
    others.filter((other) => hangsOn(landedFile(other), own)),
  );
  const since = repaired > 0 ? `, ${repaired.toLocaleString('en-US')} of them now repaired` : '';
  const parts = [`${quarantined.toLocaleString('en-US')} quarantined${since}`, droppedText(record)];
  return [count(records, 'row'), ...parts].filter(Boolean).join(', ');
};
