import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FileFacts } from '../../functions/validation/index.ts';

/** How the accepted rows of a file are written: if possible in a form that the same manifest accepts. */
export type AcceptedRows = {
  readonly name: string;
  /** Turns the stream of records into a file: CSV as it was, or JSON lines. */
  readonly written: (records: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** A hint for landing these rows; absent if the same manifest accepts them. */
  readonly note?: string;
};

/** Chooses the form by the file's name and facts. */
export const acceptedRows = (name: string, { format, compression }: FileFacts): AcceptedRows => {
  if (format === 'parquet') {
    const note =
      'the accepted rows of a Parquet file are written as JSON lines; to land them you need a manifest with "extension": ".jsonl"';
    return { name: `${name}.jsonl`, written: (records) => records, note };
  }
  const plain = format === 'json' ? asArray : (records: AsyncIterable<Uint8Array>) => records;
  return compression === 'gzip'
    ? { name, written: (records) => Readable.from(plain(records)).pipe(createGzip()) }
    : { name, written: plain };
};

const lf = 0x0a;
const between = Buffer.from(',\n');

/** Turns lines into one JSON array: a line end becomes a comma when another record follows. */
async function* asArray(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ended = false;
  yield Buffer.from('[\n');
  for await (const chunk of lines) {
    const parts: Uint8Array[] = [];
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(lf, from);
      if (ended) parts.push(between);
      ended = end >= 0;
      const to = ended ? end : chunk.length;
      parts.push(chunk.subarray(from, to));
      from = to + 1;
    }
    yield Buffer.concat(parts);
  }
  yield Buffer.from('\n]\n');
}
