import { styleText } from 'node:util';
import { count } from '../output/count.ts';
import { type Stage, stages, type Whereabouts } from './follow.ts';

/** Shows the stages of files: redrawn in place on a terminal, one line per change elsewhere. */
export type Progress = {
  show(whereabouts: readonly Whereabouts[]): void;
  end(): void;
};

/** Where progress is written; a terminal has a size. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

const filesShown = 12;
/** Columns of a line without the name. A terminal that is too narrow for both would scroll, so it gets plain lines. */
const besideName = 52;
const shortestName = 12;

/** Shows the progress of files on this output; times count from `began`, in milliseconds. */
export const newProgress = (output: Output, began: number): Progress =>
  output.isTTY && (output.columns ?? 80) > besideName + shortestName
    ? redrawn(output, began)
    : lineByLine(output, began);

const seconds = (began: number, now = Date.now()): string =>
  `${((now - began) / 1000).toFixed(1)} s`.padStart(8);

const lineByLine = (output: Output, began: number): Progress => {
  const before = new Map<string, string>();
  const say = (id: string, line: string): void => {
    if (before.get(id) === line) return;
    before.set(id, line);
    output.write(`${seconds(began)}  ${line}\n`);
  };
  return {
    show: (whereabouts) => {
      if (whereabouts.length > filesShown) return say('', counts(whereabouts));
      for (const one of whereabouts) say(idOf(one), plain(one));
    },
    end: () => void output.write('\n'),
  };
};

const idOf = ({ file }: Whereabouts): string => `${file.key}@${file.version}`;

const plain = ({ file, stage, record }: Whereabouts): string =>
  `${file.key}  ${stage}${stage === 'accepted' ? `, ${rowsOf(record)}` : ''}`;

const rowsOf = (record: Whereabouts['record']): string =>
  record?.records === undefined ? '' : count(record.records, 'row');

const redrawn = (output: Output, began: number): Progress => {
  const arrivals = new Map<string, { stage: Stage; time: string }>();
  const timeOf = (one: Whereabouts): string => {
    const known = arrivals.get(idOf(one));
    if (known?.stage === one.stage) return known.time;
    const time = seconds(began);
    arrivals.set(idOf(one), { stage: one.stage, time });
    return time;
  };
  let drawn = 0;
  return {
    show: (whereabouts) => {
      const times = new Map(whereabouts.map((one) => [one, timeOf(one)]));
      const { columns = 80, rows = 24 } = output;
      const shown = mostTelling(whereabouts, Math.min(filesShown, rows - 4));
      const width = nameWidth(shown, columns);
      const bars = shown.map((one) => `${bar(one, width)}${styleText('dim', times.get(one) ?? '')}`);
      const lines = [...bars, `${seconds(began)}  ${counts(whereabouts)}`.slice(0, columns - 1)];
      const up = drawn > 0 ? `\u001b[${drawn}A` : '';
      output.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
      drawn = lines.length;
    },
    end: () => void output.write('\n'),
  };
};

/** All files if there is room, else first those that are not done. */
const mostTelling = (whereabouts: readonly Whereabouts[], room: number): readonly Whereabouts[] =>
  whereabouts.length <= room
    ? whereabouts
    : [...whereabouts].sort((a, b) => Number(a.isDone) - Number(b.isDone)).slice(0, room);

const nameWidth = (shown: readonly Whereabouts[], columns: number): number =>
  Math.min(columns - besideName, Math.max(shortestName, ...shown.map(({ file }) => file.key.length)));

const bar = (one: Whereabouts, width: number): string => {
  const { file, stage, isDone, isRebuildFailed = false, record } = one;
  const at = stages.indexOf(stage as (typeof stages)[number]);
  const steps = stages
    .slice(1)
    .map((_, i) => (at < 0 ? ' ' : i < at || (isDone && !isRebuildFailed) ? '━' : '─'))
    .join('');
  const color = isRebuildFailed ? 'red' : isDone ? (at < 0 ? 'yellow' : 'green') : 'cyan';
  return `  ${clipped(file.key, width)}  ${steps}  ${styleText(color, stage.padEnd(12))}${rowsOf(record).padStart(16)}`;
};

/** The end of a name tells more than its start. */
const clipped = (name: string, width: number): string =>
  name.length > width ? `…${name.slice(1 - width)}` : name.padEnd(width);

/** The number of files in each stage. */
const counts = (whereabouts: readonly Whereabouts[]): string => {
  const files = new Map<Stage, number>();
  for (const { stage } of whereabouts) files.set(stage, (files.get(stage) ?? 0) + 1);
  return [...files].map(([stage, number]) => `${number} ${stage}`).join(', ');
};
