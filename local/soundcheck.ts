import { Command } from 'commander';
import { addCheck } from './commands/check.ts';
import { addCloud } from './commands/cloud.ts';
import { addDismiss } from './commands/dismiss.ts';
import { addInfer } from './commands/infer.ts';
import { addKpis } from './commands/kpis.ts';
import { addLand } from './commands/land.ts';
import { nextCommandsSpeakTo } from './commands/next-command.ts';
import { withExamples } from './commands/options.ts';
import { addQuery, addShow } from './commands/query.ts';
import { addReplay } from './commands/replay.ts';
import { addReport } from './commands/report.ts';
import { addReprocess } from './commands/reprocess.ts';
import { addRetry } from './commands/retry.ts';
import { addRuns } from './commands/runs.ts';
import { addStart } from './commands/start.ts';

/** The command line. Each command loads what it needs only when it runs. */
const program = withExamples(
  new Command('soundcheck')
    .description('Checks files that land, and turns them into tables, a star schema and KPIs.')
    .showHelpAfterError('(--help shows what there is)'),
  'Begin with:',
  '  $ soundcheck start                 the sample, from files to KPIs, whole on this machine',
  '  $ soundcheck check streams7.csv    what is wrong with a file, and where',
  '  $ soundcheck infer export.csv      a manifest for files of a new kind',
  '',
  'soundcheck <command> --help has more examples.',
);

program.commandsGroup('Files of this machine:');
for (const add of [addCheck, addInfer]) add(program);
program.commandsGroup('A laptop cloud:');
for (const add of [addStart, addCloud, addQuery, addShow]) add(program);
program.commandsGroup('Any cloud, the laptop one or AWS:');
for (const add of [addLand, addKpis, addRuns, addReport, addReplay, addReprocess, addRetry, addDismiss])
  add(program);

// Their options are known before any of them does something.
program.hook('preAction', (_program, command) => nextCommandsSpeakTo(command.opts()));

program.parseAsync().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`error: ${message}`);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: message }));
  process.exitCode = 1;
});
