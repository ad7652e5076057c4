import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';
import { machine } from '../report.ts';
import { type Column, markdownTable } from '../validate/table.ts';
import { contenders, installContenders } from './contenders.ts';
import type { Standing } from './measure.ts';

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 25 || value % 25 !== 0)
    throw new InvalidArgumentError('It must be a multiple of 25.');
  return value;
};

/** Adds the command that measures stores of entries, one after another, each in a process of its own. */
export const addStore = (program: Command): void => {
  program
    .command('store')
    .description(
      'stores of entries, one after another: processor times, memory, disk, and flipped bits that each notices',
    )
    .option('--entries <number>', 'how many entries', whole, 100_000)
    .option('--flips <number>', 'how many flipped bits', Number, 300)
    .option('--json', 'print one JSON object', false)
    .action(({ entries, flips, json }: { entries: number; flips: number; json: boolean }) => {
      installContenders();
      const standings = Object.keys(contenders).map((name) => measured(name, entries, flips));
      const text = JSON.stringify({ bench: 'store', ...machine(), entries, flips, standings });
      console.log(json ? text : markdownTable(standings, columns));
    });
};

const script = fileURLToPath(new URL('measure.ts', import.meta.url));

const measured = (name: string, entries: number, flips: number): Standing => {
  const given = ['--import', 'tsx', script, name, String(entries), String(flips)];
  const { status, stdout } = spawnSync(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${name} could not be measured`);
  return JSON.parse(String(stdout));
};

const columns: readonly Column<Standing>[] = [
  ['store', ({ contender }) => contender],
  ['get, µs', ({ get }) => get],
  ['put, µs', ({ put }) => put],
  ['batch of 25, µs', ({ batch }) => batch],
  ['an entry of a scan, µs', ({ scan }) => scan],
  ['open after a kill, ms', ({ open_ms }) => open_ms],
  ['most MB', ({ most_mb }) => most_mb],
  ['bytes per entry', ({ bytes }) => bytes],
  ['flips noticed', ({ noticed }) => noticed],
  ['harmless', ({ harmless }) => harmless],
  ['silent', ({ silent }) => silent],
];
