import { Command, InvalidArgumentError, Option } from 'commander';
import { keepCloud } from './commands/cloud.ts';
import { type CloudFlags, parseChaos, parseDuration, usualSweep } from './commands/options.ts';
import { retry } from './commands/retry.ts';
import { start } from './commands/start.ts';

/** The command line: `start` runs the main job, `cloud` keeps the laptop cloud up. */

const checked =
  <V>(parse: (text: string) => V) =>
  (text: string): V => {
    try {
      return parse(text);
    } catch (cause) {
      throw new InvalidArgumentError(cause instanceof Error ? cause.message : String(cause));
    }
  };

const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new Error('It has to be a port, 1 to 65535.');
  return value;
};

const program = new Command('soundcheck').description(
  'Turns landed files into checked tables, a star schema and KPIs, whole on this machine.',
);

const withCloud = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option('--state <folder>', 'where everything is kept', '.soundcheck')
    .option('--fresh', 'begin with an empty state')
    .option('--port <number>', 'the port of the cloud; a free one if not given', checked(port))
    .option(
      '--chaos <faults>',
      'make delivery worse, e.g. dup=0.3,lose=0.05,delay=2s,seed=7',
      checked(parseChaos),
    )
    .addOption(
      new Option('--sweep-every <time>', 'how often sweep looks for what was left behind, e.g. 2s')
        .argParser(checked(parseDuration))
        .default(parseDuration(usualSweep), usualSweep),
    );

withCloud('start', 'run the main job: land files, follow them to their KPIs, show the balance')
  .argument('[files...]', 'files to land instead of the sample')
  .option('--dataset <name>', 'the dataset of the files; found by their names if not given')
  .action((files: string[], flags: CloudFlags & { dataset?: string }) => start(files, flags));

withCloud('cloud', 'keep the laptop cloud up for any AWS client').action((flags: CloudFlags) =>
  keepCloud(flags),
);

withCloud('retry', 'give files that failed alone twice, and were parked, another chance')
  .argument('<dataset>', 'the dataset whose parked files are tried again')
  .action((dataset: string, flags: CloudFlags) => retry(dataset, flags));

program.parseAsync().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
