import { csvLine } from './csv-line.ts';
import { listenerAt, listenerColumns } from './listeners.ts';
import { sessionAt } from './sessions.ts';
import { shopSize } from './shop.ts';
import { songAt } from './songs.ts';
import { streamsHeader, streamsOf } from './streams.ts';
import { trackAt, trackColumns } from './tracks.ts';
import { userAt } from './users.ts';

/** How a file of a dataset is generated: its text is the header and one line for each number from 0. */
export type GeneratedDataset = {
  /** Rows of the real file or source. */
  readonly usualRows: number;
  readonly extension: '.csv' | '.jsonl';
  readonly header: string;
  /** Gives a function from the number of a record to its line, with the line feed. */
  readonly lines: (seed: number) => (number: number) => string;
};

const jsonLines = (usualRows: number, recordAt: (seed: number) => (number: number) => object) => ({
  ...({ usualRows, extension: '.jsonl', header: '' } as const),
  lines: (seed: number) => {
    const record = recordAt(seed);
    return (number: number) => `${JSON.stringify(record(number))}\n`;
  },
});

/** The datasets that can be generated, each in the format that its manifest takes. */
export const generatedDatasets: Readonly<Record<string, GeneratedDataset>> = {
  streams: { usualRows: 11_346, extension: '.csv', header: streamsHeader, lines: streamsOf },
  tracks: {
    ...{ usualRows: 89_741, extension: '.csv', header: csvLine(trackColumns) },
    lines: (seed) => (number) => trackAt(seed, number),
  },
  listeners: {
    ...{ usualRows: 50_000, extension: '.csv', header: csvLine(listenerColumns) },
    lines: (seed) => (number) => listenerAt(seed, number),
  },
  users: jsonLines(shopSize.users, (seed) => {
    const shop = { seed };
    return (number) => userAt(shop, number);
  }),
  sessions: jsonLines(shopSize.sessions, (seed) => {
    const shop = { seed };
    return (number) => sessionAt(shop, number);
  }),
  songs: jsonLines(shopSize.songs, (seed) => {
    const shop = { seed };
    return (number) => songAt(shop, number);
  }),
};

const blockLength = 1 << 16;

/** Generates the text of a file in blocks of whole lines, so that 50 million rows need no more memory than ten. */
export function* generateText(dataset: GeneratedDataset, rows: number, seed: number): Generator<Block> {
  const line = dataset.lines(seed);
  let text = dataset.header;
  for (let number = 0; number < rows; number++) {
    text += line(number);
    if (text.length < blockLength) continue;
    yield { text, rows: number + 1 };
    text = '';
  }
  yield { text, rows };
}

/** Some lines, and how many rows have been generated with them. */
export type Block = { readonly text: string; readonly rows: number };
