import { Command } from 'commander';
import { addBackfill } from './backfill/command.ts';
import { addCheck } from './check/command.ts';
import { addCloud } from './cloud/command.ts';
import { addDismiss } from './dismiss/command.ts';
import { addDoctor } from './doctor/command.ts';
import { addInfer } from './infer/command.ts';
import { addKpis } from './kpis/command.ts';
import { addLand } from './land/command.ts';
import { withExamples } from './options.ts';
import { nextCommandsSpeakTo } from './output/next-command.ts';
import { addPull } from './pull/command.ts';
import { addQuery, addShow } from './query/command.ts';
import { addReplay } from './replay/command.ts';
import { addReport } from './report/command.ts';
import { addReprocess } from './reprocess/command.ts';
import { addRetry } from './retry/command.ts';
import { addRuns } from './runs/command.ts';
import { addStart } from './start/command.ts';

/** The command line. Each command loads its code only when it runs. */
const newProgram = (): Command => {
  const program = withExamples(
    new Command('soundcheck')
      .description('Checks landed files and turns them into tables, a star schema and KPIs.')
      .showHelpAfterError('(--help shows the commands and options)'),
    'Begin with:',
    '  $ soundcheck start                 the sample, from files to KPIs, on this machine',
    '  $ soundcheck check streams7.csv    what is wrong with a file, and where',
    '  $ soundcheck infer export.csv      a manifest for files of a new kind',
    '',
    'soundcheck <command> --help has more examples.',
  );

  program.commandsGroup('Local files:');
  for (const add of [addCheck, addInfer]) add(program);
  program.commandsGroup('A laptop cloud:');
  for (const add of [addStart, addCloud, addQuery, addShow]) add(program);
  program.commandsGroup('Any cloud, the laptop one or AWS:');
  for (const add of [
    addLand,
    addPull,
    addBackfill,
    addKpis,
    addRuns,
    addDoctor,
    addReport,
    addReplay,
    addReprocess,
    addRetry,
    addDismiss,
  ])
    add(program);

  // Their options must be known before any of them runs.
  program.hook('preAction', (_program, command) => nextCommandsSpeakTo(command.opts()));

  return program;
};

/** Runs the command given by these words; a failure is printed in one line, and sets exit code 1. */
export const runSoundcheck = async (words: readonly string[]): Promise<void> => {
  try {
    await newProgram().parseAsync(words, { from: 'user' });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`error: ${message}`);
    if (words.includes('--json')) console.log(JSON.stringify({ error: message }));
    process.exitCode = 1;
  }
};
