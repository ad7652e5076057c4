import { type AnyFile, balanceOf, hangsOn, landedFile } from '../../functions/pipeline/index.ts';
import { count } from './count.ts';

/** A moment as people read it, to the second and in UTC: `2026-11-21 05:28:15`. */
export const shortTime = (moment: string): string => moment.slice(0, 19).replace('T', ' ');

/** How many rows the quality rules have validated: those that were quarantined before are none of them. */
export const validatedRows = ({ records, quarantined_rows = 0 }: AnyFile): number | undefined =>
  records === undefined ? undefined : records - quarantined_rows;

/** Who has dropped rows of it on purpose, and when; empty where nobody has. */
const droppedText = ({ dismissed }: AnyFile): string =>
  dismissed
    ? `${dismissed.rows.toLocaleString('en-US')} dropped on purpose by ${dismissed.by} at ${shortTime(dismissed.at)}`
    : '';

/** How many records a file has, how many were quarantined, and how many of those are repaired, the repairs being among the others. */
export const rowsText = (record: AnyFile, others: readonly AnyFile[]): string => {
  const { records, quarantined_rows: aside = 0 } = record;
  if (records === undefined) return '';
  if (aside === 0) return [count(records, 'row'), droppedText(record)].filter(Boolean).join(', ');
  const own = landedFile(record);
  const { repaired } = balanceOf(
    record,
    others.filter((other) => hangsOn(landedFile(other), own)),
  );
  const since = repaired > 0 ? `, ${repaired.toLocaleString('en-US')} of them repaired since` : '';
  const parts = [`${aside.toLocaleString('en-US')} quarantined${since}`, droppedText(record)];
  return [count(records, 'row'), ...parts].filter(Boolean).join(', ');
};
