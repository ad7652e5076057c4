import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FileFacts } from '../../functions/validation/index.ts';

/** How the valid rows of a file are written, so that the manifest that validated it takes them again where that is possible. */
export type GoodRows = {
  readonly name: string;
  /** Makes the file of records as they are split: CSV as it stood, or JSON lines. */
  readonly written: (records: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** What whoever lands them has to know; absent where the same manifest takes them. */
  readonly note?: string;
};

/** The form for a file of this name and these facts. */
export const goodRows = (name: string, { format, compression }: FileFacts): GoodRows => {
  if (format === 'parquet') {
    const note =
      'the valid rows of Parquet are JSON lines; to land them takes a manifest with "extension": ".jsonl"';
    return { name: `${name}.jsonl`, written: (records) => records, note };
  }
  const plain = format === 'json' ? asArray : (records: AsyncIterable<Uint8Array>) => records;
  return compression === 'gzip'
    ? { name, written: (records) => Readable.from(plain(records)).pipe(createGzip()) }
    : { name, written: plain };
};

const lf = 0x0a;
const between = Buffer.from(',\n');

/** One array of lines that are records: a line end becomes a comma once another record follows. */
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
