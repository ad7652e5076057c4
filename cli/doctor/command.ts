import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { TargetFlags } from '../target/target.ts';

/** Adds `doctor`, which checks a laptop cloud or a stage. */
export const addDoctor = (program: Command): void => {
  const command = program
    .command('doctor')
    .description('find what is missing, stuck or misconfigured, with the next command for each');
  withExamples(
    withJson(withTarget(command)),
    'It checks files that wait, parked and missing files, failed batches, pulls, rebuilds and migrations, KPIs that are late,',
    'manifests and SQL that are not deployed, rows that were made by other SQL, dead letters, and whether the warehouse answers;',
    'on a laptop also the sweep; on AWS the deployment, functions, rules of events, Lambda concurrency, Lake Formation, secrets without',
    'a value, and alarms, also whether anybody receives them. With --state it also compares objects, ledger, silver and KPIs of that',
    'laptop cloud, whether it runs or not. It changes nothing.',
    '',
    'Exit code: 0 nothing was found, 1 something was.',
    '',
    'Examples:',
    '  $ soundcheck doctor',
    '  $ soundcheck doctor --stage dev',
    '  $ soundcheck doctor --stage prod --json | jq .problems',
  ).action(async (flags: TargetFlags) => (await import('./run.ts')).examine(flags));
};
