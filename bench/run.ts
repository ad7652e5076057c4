import { Command } from 'commander';
import { calls } from './calls.ts';
import { type BenchCloud, withCloud } from './cloud.ts';
import { addGrowth } from './growth/command.ts';
import { keys } from './keys.ts';
import { latency } from './latency.ts';
import { publishKpis } from './publish-kpis/publish-kpis.ts';
import { pull } from './pull/pull.ts';
import { asJson, asTable, type Measurement } from './report.ts';
import { addSpark } from './spark/command.ts';
import { addStore } from './store/command.ts';
import { tenMillion } from './ten-million.ts';
import { thousandFiles } from './thousand-files.ts';
import { addValidate } from './validate/command.ts';
import { whole } from './whole.ts';

const program = new Command('bench').description(
  'Measures a new laptop cloud, or only the validator; prints a table or one JSON object.',
);

const bench = (
  name: string,
  description: string,
  size: { flag: string; usual: number },
  run: (size: number) => Promise<Measurement>,
) =>
  program
    .command(name)
    .description(description)
    .option('--json', 'print one JSON object', false)
    .option(`--${size.flag} <number>`, `how many ${size.flag}`, whole, size.usual)
    .action(async (options) => {
      const measurement = await run(options[size.flag]);
      console.log(options.json ? asJson(measurement) : asTable(measurement));
    });

const inCloud =
  (run: (cloud: BenchCloud, size: number) => Promise<Measurement>) =>
  (size: number): Promise<Measurement> =>
    withCloud((cloud) => run(cloud, size));

bench(
  'latency',
  'one file of real size, from landing until its day can be read',
  { flag: 'repeats', usual: 20 },
  inCloud(latency),
);
bench(
  'ten-million',
  'one file of ten million rows',
  { flag: 'rows', usual: 10_000_000 },
  inCloud(tenMillion),
);
bench('thousand-files', 'a thousand files at once', { flag: 'files', usual: 1_000 }, inCloud(thousandFiles));
bench(
  'calls',
  'what functions and jobs call for so many small files: the figures of the cost page',
  { flag: 'files', usual: 1_000 },
  (size) => withCloud((cloud) => calls(cloud, size), { recordsCalls: true }),
);
bench('keys', 'one file of ten million keys, without a cloud', { flag: 'records', usual: 10_000_000 }, keys);
bench(
  'pull',
  'a month of an API of any size, from the request until it has landed, in a process of 128 MB',
  { flag: 'megabytes', usual: 5_000 },
  pull,
);
bench(
  'publish-kpis',
  'the items of a million listeners, to no table and to that of a laptop cloud',
  { flag: 'listeners', usual: 1_000_000 },
  publishKpis,
);
addGrowth(program);
addValidate(program);
addSpark(program);
addStore(program);

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
