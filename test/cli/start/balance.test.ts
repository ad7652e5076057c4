import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { balanceLines, knownLines, whereRowsAre } from '../../../cli/start/balance.ts';
import { fileRecord, whereabouts } from '../whereabouts.ts';

const published = whereabouts('in KPIs', fileRecord('published', { rows: 10 }));
const ignored = whereabouts(
  'ignored',
  fileRecord('ignored', { reason: 'same bytes as version v0' }),
  'streams2.csv',
);
const plain = (lines: string[]): string => stripVTControlCharacters(lines.join('\n'));

describe('the balance of a file', () => {
  test.each([
    [published, { landed: 10, published: 10, quarantined: 0, superseded: 0 }],
    [
      whereabouts('quarantined', fileRecord('quarantined')),
      { landed: 10, published: 0, quarantined: 10, superseded: 0 },
    ],
    [
      whereabouts('superseded', fileRecord('superseded')),
      { landed: 10, published: 0, quarantined: 0, superseded: 10 },
    ],
    [
      whereabouts('transforming', fileRecord('claimed')),
      { landed: 10, published: 0, quarantined: 0, superseded: 0 },
    ],
    [
      whereabouts('in KPIs', fileRecord('published', { rows: 7, quarantined_rows: 3 })),
      { landed: 10, published: 7, quarantined: 3, superseded: 0 },
    ],
    [ignored, { landed: 0, published: 0, quarantined: 0, superseded: 0 }],
    [whereabouts('landing'), { landed: 0, published: 0, quarantined: 0, superseded: 0 }],
  ])('counts its rows where they are: %j', (one, balance) => {
    expect(whereRowsAre(one)).toEqual({ repaired: 0, ...balance });
  });
});

describe('the table of the balance', () => {
  test('adds files up and says that nothing is lost', () => {
    const text = plain(balanceLines([published, whereabouts('quarantined', fileRecord('quarantined'))]));
    expect(text).toMatch(/together +20 +10 +10 +0/);
    expect(text).toContain('nothing lost, nothing counted twice');
  });

  test('says so when a published file has fewer rows than landed', () => {
    const lossy = whereabouts('in KPIs', fileRecord('published', { rows: 9 }));
    expect(plain(balanceLines([lossy]))).toContain('some rows are still being processed');
  });

  test('names what is ignored with its reason, outside of the table', () => {
    const text = plain(balanceLines([published, ignored]));
    expect(text).toContain('data/streams/streams2.csv is ignored: same bytes as version v0');
    expect(text).not.toMatch(/streams2\.csv +0/);
  });

  test('says of files with the same bytes that their rows are published twice, and how to keep them out', () => {
    const twice = whereabouts(
      'in KPIs',
      fileRecord('published', { rows: 10, duplicate_of: 'data/streams/x.csv@v' }),
    );
    const text = plain(balanceLines([published, twice]));
    expect(text).toContain(
      'streams1.csv holds the same bytes as data/streams/x.csv@v: its rows are published twice',
    );
    expect(text).toContain('nothing lost; the rows of 1 file are published twice, see below');
    expect(text).not.toContain('nothing counted twice');
    expect(text).toContain('set validation.on_duplicate_file');
    expect(plain(balanceLines([published]))).not.toContain('same bytes');
  });

  test('is left out when every file is ignored', () => {
    expect(plain(balanceLines([ignored]))).toBe(
      '  data/streams/streams2.csv is ignored: same bytes as version v0',
    );
  });

  test('shows twenty of many files and still adds all of them up', () => {
    const lines = plain(balanceLines(Array.from({ length: 50 }, () => published))).split('\n');
    expect(lines.filter((line) => line.includes('streams1.csv'))).toHaveLength(20);
    expect(lines).toContainEqual(expect.stringContaining('and 30 more files'));
    expect(lines).toContainEqual(expect.stringMatching(/together +500 +500/));
  });
});

describe('the sentence about known files', () => {
  test('stands only where no file is new', () => {
    expect(knownLines([ignored, ignored])).toEqual([expect.stringContaining('already knows 2 files')]);
    expect(knownLines([ignored, published])).toEqual([]);
    expect(knownLines([])).toEqual([]);
  });
});
