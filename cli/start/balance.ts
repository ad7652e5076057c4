import { styleText } from 'node:util';
import { type Balance, balanceOf } from '../../functions/pipeline/index.ts';
import type { Whereabouts } from '../follow/follow.ts';
import { count } from '../output/count.ts';

const nothing: Balance = { landed: 0, published: 0, repaired: 0, quarantined: 0, superseded: 0 };
const filesShown = 20;

/** Rows of one file by what became of them; empty if the ledger does not know the file. */
export const whereRowsAre = ({ record }: Whereabouts): Balance => (record ? balanceOf(record) : nothing);

const add = (a: Balance, b: Balance): Balance => ({
  landed: a.landed + b.landed,
  published: a.published + b.published,
  repaired: a.repaired + b.repaired,
  quarantined: a.quarantined + b.quarantined,
  superseded: a.superseded + b.superseded,
});

/** The balance as a table, then the files that count nowhere, each with its reason; no table if all files are ignored. */
export const balanceLines = (whereabouts: readonly Whereabouts[]): string[] => {
  const counted = whereabouts.filter(({ stage }) => stage !== 'ignored');
  return [
    ...(counted.length > 0 ? table(counted) : []),
    ...uncounted(whereabouts),
    ...duplicates(whereabouts),
  ];
};

const table = (counted: readonly Whereabouts[]): string[] => {
  const total = counted.map(whereRowsAre).reduce(add, nothing);
  const isEven = total.landed === total.published + total.quarantined + total.superseded;
  const shown = counted.slice(0, filesShown);
  const width = Math.max(12, ...shown.map(({ file }) => file.key.length));
  return [
    styleText('bold', row(width, 'rows', 'landed', 'published', 'quarantined', 'superseded')),
    ...shown.map((one) => numbers(width, one.file.key, whereRowsAre(one))),
    ...more(counted.length, 'file'),
    numbers(width, 'together', total),
    verdict(isEven, counted.filter(isTwice).length),
  ];
};

const verdict = (isEven: boolean, twice: number): string => {
  if (!isEven) return styleText('red', '  some rows are still being processed');
  if (twice > 0)
    return styleText(
      'yellow',
      `  nothing lost; the rows of ${count(twice, 'file')} are published twice, see below`,
    );
  return styleText('green', '  nothing lost, nothing counted twice');
};

/** Its bytes had landed under another name before, and both are published. */
const isTwice = ({ record }: Whereabouts): boolean =>
  record?.duplicate_of !== undefined && record.state === 'published';

const row = (width: number, name: string, ...cells: string[]): string =>
  `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(12)).join('')}`;

const numbers = (width: number, name: string, balance: Balance): string =>
  row(
    width,
    name,
    ...[balance.landed, balance.published, balance.quarantined, balance.superseded].map((rows) =>
      rows.toLocaleString('en-US'),
    ),
  );

const more = (files: number, noun: string): string[] =>
  files > filesShown ? [`  … and ${count(files - filesShown, `more ${noun}`)}`] : [];

const uncounted = (whereabouts: readonly Whereabouts[]): string[] => {
  const named = whereabouts.filter(({ stage }) =>
    ['ignored', 'waiting', 'parked', 'landing', 'missing'].includes(stage),
  );
  return [...named.slice(0, filesShown).map(sentence), ...more(named.length, 'file')];
};

const sentence = ({ file, stage, record }: Whereabouts): string =>
  `  ${file.key} is ${stage}: ${record?.reason ?? 'the ledger does not say why'}`;

/** Files whose bytes had landed under another name before. This is allowed, but seldom intended. */
const duplicates = (whereabouts: readonly Whereabouts[]): string[] => {
  const twice = whereabouts.filter(isTwice);
  const said = twice
    .slice(0, filesShown)
    .map(({ file, record }) =>
      styleText(
        'yellow',
        `  ${file.key} holds the same bytes as ${record?.duplicate_of}: its rows are published twice`,
      ),
    );
  const advice =
    '  To keep out such files, set validation.on_duplicate_file in their manifest to "ignore" or "reject".';
  return said.length === 0 ? [] : [...said, ...more(twice.length, 'file'), advice];
};

/** A line for the case that the ledger knew all files. */
export const knownLines = (whereabouts: readonly Whereabouts[]): string[] => {
  if (whereabouts.length === 0 || whereabouts.some(({ stage }) => stage !== 'ignored')) return [];
  return [`Nothing to do: the ledger already knows ${count(whereabouts.length, 'file')}.`];
};
