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

/** Flags of commands, and how their values are read. */

/** Flags of every command that runs a cloud. */
export type CloudFlags = {
  readonly state: string;
  readonly fresh?: boolean;
  /** Start with an empty warehouse, and keep the old one aside. */
  readonly freshWarehouse?: boolean;
  readonly port?: number;
  readonly engine?: Engine;
  readonly chaos?: Chaos;
  readonly sweepEvery: number;
  /** Parameters of the template, by name. */
  readonly param?: Readonly<Record<string, string>>;
  readonly json?: boolean;
};

/** Flags that choose the cloud of a command. */
export type Where = { readonly state?: string; readonly stage?: string };

/** The project's folder, which holds `serverless.yml`, `rules/` and `sql/`. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** The default state folder. */
export const usualState = '.soundcheck';

/** Default interval of the sweep on a laptop, where nobody wants to wait a quarter of an hour. */
const usualSweep = '10s';

/** The same in milliseconds. */
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
    throw new Error('It must be a port, 1 to 65535.');
  return value;
};

/** Adds one `name=value` to those before it. */
const parameter = (text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('It must be name=value, such as realtime=true.');
  return { ...before, [name]: value };
};

/** Adds the options of a cloud that the command runs itself, `CloudFlags`. */
export const withCloud = (command: Command): Command =>
  command
    .option('--state <folder>', 'the state folder', usualState)
    .option('--fresh', 'start with an empty state')
    .option(
      '--fresh-warehouse',
      'start with an empty warehouse, to compute its tables again; the old one is kept aside',
    )
    .option('--port <number>', 'the port of the cloud (default: a free one)', checked(port))
    .addOption(
      new Option(
        '--engine <name>',
        `the engine of the Glue jobs; a state keeps its first engine (default: ${usualEngine})`,
      ).choices([...engines]),
    )
    .option(
      '--param <name=value>',
      'a parameter of serverless.yml, as for a deployment; again for more',
      parameter,
    )
    .option(
      '--chaos <settings>',
      'disturb the delivery of events, e.g. dup=0.3,lose=0.05,delay=2s,seed=7',
      checked(parseChaos),
    )
    .addOption(
      new Option('--sweep-every <time>', 'how often the sweep looks for work whose event was lost, e.g. 2s')
        .argParser(checked(parseDuration))
        .default(usualSweepEvery, usualSweep),
    );

/** Adds the options that choose the cloud of a command, `TargetFlags`. */
export const withTarget = (command: Command): Command =>
  command
    .option('--state <folder>', `the laptop cloud's folder (default: ${usualState})`)
    .option('--stage <name>', 'a stage on AWS, such as dev');

/** Adds `--json` to a command. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'answer with one JSON document on standard output');

/** Adds text below a command's help. */
export const withExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('after', ['', ...lines].join('\n'));
