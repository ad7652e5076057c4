import { rowsFormat } from '../../validation/index.ts';
import { landingPrefix, rowsKey } from '../lake-keys.ts';
import type { Ledger } from '../ports.ts';
import type { AnyFile, FileRecord } from '../records/file.ts';

/** How repairs belong to the file that their rows came from, and where the rows of a file are. */

/** The name under which a file's rows are published, `landed_file`. */
export const landedFile = ({ key, landed_as }: Pick<AnyFile, 'key' | 'landed_as'>): string =>
  landed_as ?? key;

/** The name under which rows of a repair are published; when the file is replaced, they are removed. */
export const repairOf = (file: Pick<AnyFile, 'key' | 'landed_as'>): string => `${landedFile(file)}#repair`;

/** True if the rows of one file are removed together with those of the other. */
export const hangsOn = (landed_file: string, other: string): boolean => landed_file.startsWith(`${other}#`);

/** The only key under which a repair of a file can land: the name of its rows file, in the dataset's folder. */
export const repairKey = (file: AnyFile): string => {
  const rows = rowsKey(file, rowsFormat(file));
  return `${landingPrefix(file.dataset)}${rows.slice(rows.lastIndexOf('/') + 1)}`;
};

/** Every repair of these files, repairs of repairs last; files without quarantined rows need no request. */
export const repairsOf = async (ledger: Ledger, files: readonly AnyFile[]): Promise<FileRecord[]> => {
  const sources = files.filter(({ quarantined_rows = 0 }) => quarantined_rows > 0);
  const repairs = (await Promise.all(sources.map((file) => ledger.files.versionsOf(repairKey(file))))).flat();
  return repairs.length === 0 ? [] : [...repairs, ...(await repairsOf(ledger, repairs))];
};

/** Where the records of a file are; `landed` is the sum of the others after everything has ended. */
export type Balance = {
  readonly landed: number;
  readonly published: number;
  /** Quarantined, repaired and published since. */
  readonly repaired: number;
  readonly quarantined: number;
  readonly superseded: number;
};

const nothing: Balance = { landed: 0, published: 0, repaired: 0, quarantined: 0, superseded: 0 };

/** Where the records of a file are now, given all its repairs. */
export const balanceOf = (file: AnyFile, repairs: readonly AnyFile[] = []): Balance => {
  const { records = 0, quarantined_rows = 0 } = file;
  const landed = { ...nothing, landed: records };
  switch (file.state) {
    case 'published': {
      const counts = repairs.filter(({ state }) => state === 'published').map(publishedRecords);
      const repaired = counts.reduce((sum, rows) => sum + rows, 0);
      const published = publishedRecords(file);
      return { ...landed, published, repaired, quarantined: quarantined_rows - repaired };
    }
    case 'rejected':
    case 'quarantined':
      return { ...landed, quarantined: records };
    case 'superseded':
      return { ...landed, superseded: records };
    case 'ignored':
    case 'missing':
      return nothing;
    default:
      return landed;
  }
};

/** A record may become several silver rows, but never none. */
const publishedRecords = ({ records = 0, quarantined_rows = 0, rows = 0 }: AnyFile): number =>
  Math.min(rows, records - quarantined_rows);
