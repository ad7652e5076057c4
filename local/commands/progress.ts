import { styleText } from 'node:util';
import { type Stage, stages, type Whereabouts } from './follow.ts';

/** Shows where files are: redrawn in place on a terminal, a line a change elsewhere. */
export type Progress = {
  show(whereabouts: readonly Whereabouts[]): void;
  end(): void;
};

const rowsShown = 12;

/** The progress of files on this output, timed from a moment in milliseconds. */
export const newProgress = (output: NodeJS.WriteStream, began: number): Progress =>
  output.isTTY ? redrawn(output, began) : lineByLine(output, began);

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1).padStart(5)} s`;

const lineByLine = (output: NodeJS.WriteStream, began: number): Progress => {
  const before = new Map<string, Stage>();
  return {
    show: (whereabouts) => {
      for (const { file, stage } of whereabouts) {
        const id = `${file.key}@${file.version}`;
        if (before.get(id) === stage) continue;
        before.set(id, stage);
        output.write(`${seconds(began)}  ${file.key}  ${stage}\n`);
      }
    },
    end: () => {},
  };
};

const redrawn = (output: NodeJS.WriteStream, began: number): Progress => {
  let drawn = 0;
  return {
    show: (whereabouts) => {
      const lines = [...whereabouts.slice(0, rowsShown).map(bar), summary(whereabouts, began)];
      output.write(
        `${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`,
      );
      drawn = lines.length;
    },
    end: () => output.write('\n'),
  };
};

const bar = ({ file, stage, isAtRest }: Whereabouts): string => {
  const at = stages.indexOf(stage as (typeof stages)[number]);
  const steps = stages
    .slice(1)
    .map((_, i) => (i < at ? '━' : '─'))
    .join('');
  const color = isAtRest ? (at < 0 ? 'yellow' : 'green') : 'cyan';
  return `  ${file.key.padEnd(34)} ${at < 0 ? ' '.repeat(8) : steps}  ${styleText(color, stage)}`;
};

/** How many files are where. */
const summary = (whereabouts: readonly Whereabouts[], began: number): string => {
  const counts = new Map<Stage, number>();
  for (const { stage } of whereabouts) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return `  ${seconds(began)}  ${[...counts].map(([stage, count]) => `${count} ${stage}`).join(', ')}`;
};
