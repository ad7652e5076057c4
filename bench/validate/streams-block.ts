import { generateTrackIds, seededRandom, streamsHeader } from '../../local/generate/index.ts';

/** Rows that a file repeats until it has its size. */
export type Block = { readonly header: string; readonly rows: Buffer; readonly count: number };

const count = 100_000;
/** In a dirty block: invalid rows of five kinds, and rows with quotes around each field. */
const [invalidOfEachKind, quotedRows] = [5, 100];

type Row = readonly [user: string, track: string, time: string];

const invalidRows: readonly ((row: Row) => readonly string[])[] = [
  ([, track, time]) => ['abc', track, time],
  ([user, track]) => [user, track, '2024-13-45 99:00:00'],
  ([user, track]) => [user, track],
  ([user, , time]) => [user, '', time],
  (row) => [...row, 'extra'],
];

const quoted = (row: readonly string[]): string[] => row.map((field) => `"${field}"`);

/** 100,000 listens, the same on every machine: all clean, or with 25 invalid and 100 quoted rows, or all quoted. */
export const streamsBlock = (kind: 'clean' | 'dirty' | 'quoted'): Block => {
  const next = listens();
  const odd = kind === 'dirty' ? oddRows() : new Map<number, (row: Row) => readonly string[]>();
  const shape = (at: number, row: Row) => (kind === 'quoted' ? quoted(row) : (odd.get(at)?.(row) ?? row));
  const lines = Array.from({ length: count }, (_, at) => `${shape(at, next()).join(',')}\n`);
  return { header: streamsHeader, rows: Buffer.from(lines.join('')), count };
};

const listens = (): (() => Row) => {
  const random = seededRandom(1);
  const tracks = generateTrackIds({ count: 90_000, seed: 1 });
  const two = (low: number, high: number): string => String(random.between(low, high)).padStart(2, '0');
  return () => {
    const time = `2024-${two(1, 12)}-${two(1, 28)} ${two(0, 23)}:${two(0, 59)}:${two(0, 59)}`;
    return [String(random.between(1, 50_000)), random.pick(tracks), time];
  };
};

/** Irregular positions of the odd rows. */
const oddRows = (): Map<number, (row: Row) => readonly string[]> => {
  const kinds = [
    ...Array.from({ length: quotedRows }, () => quoted),
    ...invalidRows.flatMap((kind) => Array.from({ length: invalidOfEachKind }, () => kind)),
  ];
  const random = seededRandom(2);
  const places = new Set<number>();
  while (places.size < kinds.length) places.add(random.below(count));
  return new Map([...places].map((place, at) => [place, kinds[at] ?? quoted]));
};
