import pg from 'pg';
import { cursor } from './postgres-query.ts';
import type { Session } from './postgres-session.ts';
import type { PostgresSettings } from './postgres-settings.ts';

/** Rows that the server has sent. */
export type Progress = { rows: number };

type Limits = Pick<PostgresSettings, 'page_rows' | 'max_record_bytes'>;

/** A page is full with so many bytes, whatever its rows. */
const pageBytes = 2 ** 22;

/** A record is longer than the source allows. */
export class RecordTooLong extends Error {
  override readonly name = 'RecordTooLong';
  constructor(row: number, limit: number) {
    super(`row ${row} is longer than max_record_bytes, ${limit} bytes; raise it, or leave out a column`);
  }
}

/**
 * All rows of the cursor. Each statement asks for `page_rows` of them; where they are large, reading pauses, and the server
 * waits, until the page before has been taken. Throws `RecordTooLong` and what the driver throws.
 */
export async function* fetchPages(
  session: Session,
  limits: Limits,
  progress: Progress,
): AsyncGenerator<readonly string[]> {
  for (let before = -1; before < progress.rows; ) {
    before = progress.rows;
    yield* fetchRows(session, limits, progress);
  }
}

async function* fetchRows(
  { client, waitFor }: Session,
  { page_rows, max_record_bytes }: Limits,
  progress: Progress,
): AsyncGenerator<readonly string[]> {
  const { stream } = client.connection;
  const arrived = arrivals();
  let failure: Error | undefined;
  let isOver = false;
  let page: string[] = [];
  let bytes = 0;
  const end = (error?: Error): void => {
    failure ??= error;
    isOver = true;
    arrived.tell();
  };
  const take = ([record]: readonly [string]): void => {
    if (isOver) return;
    progress.rows++;
    const length = Buffer.byteLength(record);
    if (length > max_record_bytes) {
      end(new RecordTooLong(progress.rows, max_record_bytes));
      return;
    }
    page.push(inOneLine(record));
    bytes += length;
    if (bytes < pageBytes) return;
    stream.pause();
    arrived.tell();
  };
  // With a listener for rows, and no callback, the driver keeps no rows itself.
  const text = `fetch forward ${page_rows} from ${cursor}`;
  const asked: pg.QueryArrayConfig = { text, rowMode: 'array' };
  const fetch = new pg.Query(asked);
  fetch.on('row', take);
  fetch.on('end', () => end());
  fetch.on('error', end);
  client.query(fetch);
  while (!isOver) {
    await waitFor(arrived.next());
    if (failure) throw failure;
    const full = page;
    [page, bytes] = [[], 0];
    if (full.length > 0) yield full;
    stream.resume();
  }
}

/** Line breaks in a row's JSON are white space between the values of a `json` column: within texts they are escaped. */
const inOneLine = (record: string): string => record.replaceAll(/[\r\n]/g, ' ');

/** Lets one reader wait for the next call of `tell`; one call while nobody waits is kept. */
const arrivals = () => {
  let wake: (() => void) | undefined;
  let isTold = false;
  return {
    tell: (): void => {
      isTold = true;
      wake?.();
    },
    next: async (): Promise<void> => {
      if (!isTold)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      isTold = false;
    },
  };
};
