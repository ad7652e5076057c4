import type { FileRecord } from '../../functions/domain/ledger.ts';
import { count } from './count.ts';

/** A moment as people read it, to the second and in UTC: `2026-11-21 05:28:15`. */
export const shortTime = (moment: string): string => moment.slice(0, 19).replace('T', ' ');

/** How many records a file has, and how many of them were set aside. */
export const rowsText = ({ records, quarantined_rows: aside = 0 }: FileRecord): string => {
  if (records === undefined) return '';
  return aside > 0
    ? `${count(records, 'row')}, ${aside.toLocaleString('en-US')} set aside`
    : count(records, 'row');
};
