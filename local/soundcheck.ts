import { Command } from 'commander';
import { addCloud } from './commands/cloud.ts';
import { addRetry } from './commands/retry.ts';
import { addStart } from './commands/start.ts';

/** The command line. Each command loads what it needs only when it runs. */
const program = new Command('soundcheck')
  .description('Checks files that land, and turns them into tables, a star schema and KPIs.')
  .showHelpAfterError('(soundcheck <command> --help shows what a command can be told)');

for (const add of [addStart, addCloud, addRetry]) add(program);

program.parseAsync().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`error: ${message}`);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: message }));
  process.exitCode = 1;
});
