import type { Command } from 'commander';
import { heardByNpm } from '../npm-flags.ts';
import { type CloudFlags, withCloud, withExamples, withJson } from '../options.ts';

/** Adds `cloud`, which runs the laptop cloud until Ctrl-C. */
export const addCloud = (program: Command): void => {
  const command = program.command('cloud').description('run the laptop cloud for any AWS client');
  withExamples(
    withJson(withCloud(command)),
    'Examples:',
    '  $ soundcheck cloud --port 4566         run until Ctrl-C',
    '  $ set -a; . .soundcheck/cloud.env      in another terminal: point any AWS client at it',
  ).action(async (flags: CloudFlags) =>
    (await import('./run.ts')).keepCloud({ ...flags, ...heardByNpm(process.env) }),
  );
};
