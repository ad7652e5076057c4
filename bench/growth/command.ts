import type { Command } from 'commander';
import { withCloud } from '../cloud.ts';
import { machine } from '../report.ts';
import { whole } from '../whole.ts';
import { type Checkpoint, growth } from './growth.ts';
import { growthTable } from './table.ts';

/** The command that lands files over simulated days and measures what grows. */
export const addGrowth = (program: Command): void => {
  program
    .command('growth')
    .description('small files over simulated days: time, memory and disk after every so many of them')
    .option('--files <number>', 'how many files', whole, 10_000)
    .option('--days <number>', 'over how many days', whole, 30)
    .option('--every <number>', 'files between two checkpoints', whole, 1_000)
    .option('--group <number>', 'the most files that land at once', whole, 100)
    .option('--json', 'print one JSON object', false)
    .action(async ({ json, ...size }) => {
      const { cores, memory_gb, node } = machine();
      const table = growthTable();
      if (!json)
        console.log(`growth on ${cores} cores, ${memory_gb} GB, Node ${node}\n\n${table.head().join('\n')}`);
      const tell = (checkpoint: Checkpoint): void => {
        if (!json) console.log(table.row(checkpoint));
      };
      const checkpoints = await withCloud((cloud) => growth(cloud, size, tell));
      if (json) console.log(JSON.stringify({ bench: 'growth', ...machine(), ...size, checkpoints }));
      else console.log(table.end());
    });
};
