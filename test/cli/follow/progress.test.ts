import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Stage } from '../../../cli/follow/follow.ts';
import { newProgress, type Output } from '../../../cli/follow/progress.ts';
import { fileRecord, whereabouts } from '../whereabouts.ts';

const newOutput = (shape: Omit<Output, 'write'> = {}) => {
  const written: string[] = [];
  const write = (text: unknown): boolean => written.push(String(text)) > 0;
  return { written, output: { ...shape, write } };
};

const files = (stage: Stage, number = 1) =>
  Array.from({ length: number }, (_, i) => ({
    ...whereabouts(stage, fileRecord('accepted'), `streams${i}.csv`),
    isDone: stage === 'in KPIs',
  }));

describe('progress without a terminal', () => {
  test('is one line a change, with the rows once they are counted', () => {
    const { output, written } = newOutput();
    const progress = newProgress(output, Date.now());
    for (const stage of ['landed', 'landed', 'accepted'] as const) progress.show(files(stage));
    expect(written).toEqual([
      expect.stringMatching(/^ +0\.\d s {2}data\/streams\/streams0\.csv {2}landed\n$/),
      expect.stringMatching(/accepted, 10 rows\n$/),
    ]);
  });

  test('is one line about all of many files', () => {
    const { output, written } = newOutput();
    const progress = newProgress(output, Date.now());
    progress.show(files('landed', 200));
    progress.show([...files('landed', 150), ...files('in KPIs', 50)]);
    expect(written.map((line) => line.trim().replace(/^[\d.]+ s +/, ''))).toEqual([
      '200 landed',
      '150 landed, 50 in KPIs',
    ]);
  });
});

describe('progress on a terminal', () => {
  const terminal = { isTTY: true, columns: 80, rows: 24 };

  test('is drawn in place: it goes up by the lines that it drew', () => {
    const { output, written } = newOutput(terminal);
    const progress = newProgress(output, Date.now());
    progress.show(files('landed', 3));
    progress.show(files('accepted', 3));
    expect(written[0]).not.toContain('\u001b[4A');
    expect(written[0]?.split('\n')).toHaveLength(5);
    expect(written[1]?.startsWith('\u001b[4A')).toBe(true);
  });

  test.each([
    ['an ordinary one', 80, 24],
    ['a low one', 80, 8],
    ['a small one', 66, 12],
  ])('never scrolls with 200 files of long names on %s', (_, columns, rows) => {
    const { output, written } = newOutput({ isTTY: true, columns, rows });
    const long = files('transforming', 200).map((one) => ({
      ...one,
      file: { ...one.file, key: `data/streams/${'long-'.repeat(20)}${one.file.name}` },
    }));
    newProgress(output, Date.now()).show(long);
    const lines = stripVTControlCharacters(written.join('')).trimEnd().split('\n');
    expect(lines.length).toBeLessThan(rows);
    for (const line of lines) expect(line.length).toBeLessThan(columns);
    expect(lines.at(-1)).toContain('200 transforming');
  });

  test('shows the files that still move where there is no room for all', () => {
    const { output, written } = newOutput(terminal);
    const moving = {
      ...files('checking')[0],
      ...whereabouts('checking', undefined, 'late.csv'),
      isDone: false,
    };
    newProgress(output, Date.now()).show([...files('in KPIs', 100), moving]);
    expect(written.join('')).toContain('late.csv');
  });

  test('is plain lines where the terminal is too narrow', () => {
    const { output, written } = newOutput({ isTTY: true, columns: 40, rows: 24 });
    newProgress(output, Date.now()).show(files('landed'));
    expect(written.join('')).not.toContain('\u001b');
  });
});
