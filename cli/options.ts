import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Chaos,
  type Engine,
  engines,
  parseChaos,
  parseDuration,
  usualEngine,
} from '../local/cloud/index.ts';

/** What commands may be told, and how it is read. */

/** What every command that runs a cloud may be told. */
export type CloudFlags = {
  readonly state: string;
  readonly fresh?: boolean;
  readonly port?: number;
  readonly engine?: Engine;
  readonly chaos?: Chaos;
  readonly sweepEvery: number;
  readonly json?: boolean;
};

/** Which cloud a command speaks to, as its options say. */
export type Where = { readonly state?: string; readonly stage?: string };

/** The project's folder: `serverless.yml`, `rules/` and `sql/` lie there. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Where everything is kept unless told otherwise. */
export const usualState = '.soundcheck';

/** How often sweep looks on a laptop, where nobody waits a quarter of an hour. */
const usualSweep = '10s';

/** Milliseconds between two sweeps unless told otherwise. */
export const usualSweepEvery = parseDuration(usualSweep);

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

/** Gives a command the options of a cloud that it runs itself, `CloudFlags`. */
export const withCloud = (command: Command): Command =>
  command
    .option('--state <folder>', 'where everything is kept', usualState)
    .option('--fresh', 'begin with an empty state')
    .option('--port <number>', 'the port of the cloud; a free one if not given', checked(port))
    .addOption(
      new Option(
        '--engine <name>',
        `what runs Glue's jobs; a state keeps the one that it was begun with (default: ${usualEngine})`,
      ).choices([...engines]),
    )
    .option(
      '--chaos <faults>',
      'make delivery worse, e.g. dup=0.3,lose=0.05,delay=2s,seed=7',
      checked(parseChaos),
    )
    .addOption(
      new Option('--sweep-every <time>', 'how often sweep looks for what was left behind, e.g. 2s')
        .argParser(checked(parseDuration))
        .default(usualSweepEvery, usualSweep),
    );

/** Gives a command the options that say which cloud it speaks to, `TargetFlags`. */
export const withTarget = (command: Command): Command =>
  command
    .option('--state <folder>', `the laptop cloud's folder (default: ${usualState})`)
    .option('--stage <name>', 'a stage that is deployed on AWS, such as dev');

/** Gives a command `--json`. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'answer with one JSON document on standard output');

/** Adds text below a command's help. */
export const withExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('after', ['', ...lines].join('\n'));
