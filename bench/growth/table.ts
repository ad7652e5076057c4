import type { Checkpoint } from './growth.ts';
import { noState, wholeOf } from './state-size.ts';

type Row = Readonly<Record<string, number>>;

/** The columns of a row; what one more file takes on the disk is counted since the row before. */
const rowOf = (checkpoint: Checkpoint, before: Checkpoint | undefined): Row => {
  const { files, day, single_ms, processor_ms, rss_mb, heap_mb, cache_mb, state } = checkpoint;
  const since = (part: (one: Checkpoint) => number): number =>
    before ? ((part(checkpoint) - part(before)) * 1000) / (files - before.files) : Number.NaN;
  const perFile = Object.keys(state).map((name): [string, number] => [
    `${name} KB/file`,
    since(({ state: one }) => one[name as keyof typeof one]),
  ]);
  return {
    files,
    day,
    'one file ms': single_ms,
    'processor ms': processor_ms,
    'RSS MB': rss_mb,
    'heap MB': heap_mb,
    'DuckDB MB': cache_mb,
    'state MB': wholeOf(state),
    'KB/file': since(({ state: one }) => wholeOf(one)),
    ...Object.fromEntries(perFile),
  };
};

const shown = (value: number): string =>
  Number.isNaN(value)
    ? ''
    : value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });

const line = (names: readonly string[], texts: readonly string[]): string =>
  `| ${names.map((name, at) => (texts[at] ?? '').padStart(Math.max(name.length, 7))).join(' | ')} |`;

/** A Markdown table that is written row by row, and ends with the last row as a share of the first one. */
export const growthTable = () => {
  const rows: Row[] = [];
  let before: Checkpoint | undefined;
  const names = Object.keys(
    rowOf(
      { files: 0, day: 0, single_ms: 0, processor_ms: 0, rss_mb: 0, heap_mb: 0, cache_mb: 0, state: noState },
      undefined,
    ),
  );
  return {
    head: (): string[] => [
      line(names, names),
      `|${names.map((name) => `${'-'.repeat(Math.max(name.length, 7) + 1)}:`).join('|')}|`,
    ],
    row: (checkpoint: Checkpoint): string => {
      const row = rowOf(checkpoint, before);
      before = checkpoint;
      rows.push(row);
      return line(names, Object.values(row).map(shown));
    },
    end: (): string => {
      const last = rows.at(-1) ?? {};
      const first = (name: string) =>
        rows.map((row) => row[name] ?? Number.NaN).find((value) => !Number.isNaN(value));
      const ratios = names.map((name) => (last[name] ?? Number.NaN) / (first(name) ?? Number.NaN));
      return `${line(
        names,
        ratios.map((ratio) => shown(ratio)),
      )}\nThe last line is the last checkpoint as a share of the first one that has the figure.`;
    },
  };
};
