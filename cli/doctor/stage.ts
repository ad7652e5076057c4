import { functionName } from '../../functions/pipeline/index.ts';
import type { Stage } from '../aws/index.ts';
import { nextCommand } from '../output/next-command.ts';
import type { Problem } from './problem.ts';

/** What is checked of a stage on AWS besides its ledger and its lake. */

/** Functions of a stage; a test compares them with `functions/functions.yml`. */
export const functionsOfStage = [
  ...['validate-landing', 'run-transform', 'check-quality', 'settle-batch', 'archive-files'],
  ...['migrate-tables', 'rebuild-models', 'publish-kpis', 'pull-sources', 'pull-databases', 'sweep'],
] as const;

/** Fewer functions at once delay each other: a new account has 10. */
const enoughFunctions = 100;

type Ports = { readonly stage: Stage; readonly stack: string; readonly deploys: string };

/** Problems of a stage; a question that the credentials do not allow is one, too. */
export const stageProblems = async (ports: Ports): Promise<Problem[]> => {
  const checks = { functions, account, tables, secrets, alarms };
  const found = Object.entries(checks).map(([check, ask]) =>
    ask(ports).catch((cause: Error) => [notAsked(check, cause)]),
  );
  return (await Promise.all(found)).flat();
};

const notAsked = (check: string, { message }: Error): Problem => ({
  ...{ check, about: 'AWS', message: `cannot be checked: ${message}` },
  next: 'aws sts get-caller-identity',
});

const functions = async ({ stage, stack, deploys }: Ports): Promise<Problem[]> => {
  const states = functionsOfStage.map(async (name) => {
    const about = functionName(stack, name);
    const state = await stage.functionState(about);
    if (state === 'ready') return [];
    const message = state === 'missing' ? 'there is no such function' : 'its last update failed';
    return [{ check: 'functions', about, message, next: deploys }];
  });
  return (await Promise.all(states)).flat();
};

const account = async ({ stage }: Ports): Promise<Problem[]> => {
  const most = await stage.concurrency();
  if (most >= enoughFunctions) return [];
  return [
    {
      ...{ check: 'account', about: 'Lambda' },
      message: `at most ${most} functions run at once in this account, and the rest waits; ${enoughFunctions} are enough`,
      next: 'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000',
    },
  ];
};

const tables = async ({ stage, stack }: Ports): Promise<Problem[]> => {
  if (!(await stage.governsTables())) return [];
  const database = `${stack.replaceAll('-', '_')}_silver`;
  return [
    {
      ...{ check: 'tables', about: 'Lake Formation' },
      message: `it governs new tables of the Glue catalog, where IAM alone does not count: the roles of ${stack} need its grants`,
      next: `aws lakeformation list-permissions --resource '{"Database":{"Name":"${database}"}}'`,
    },
  ];
};

const secrets = async ({ stage }: Ports): Promise<Problem[]> =>
  (await stage.emptySecrets()).map((about) => ({
    ...{ check: 'secrets', about, message: 'has no value' },
    next: `aws secretsmanager put-secret-value --secret-id ${about} --secret-string file://secret.json`,
  }));

/** The description of an alarm ends with the commands that help. */
const alarms = async ({ stage }: Ports): Promise<Problem[]> =>
  (await stage.alarms()).map(({ name: about, text }) => {
    const [, message = text, next] = /^(.*?) - (npx \w+ [^;]+)/s.exec(text) ?? [];
    return { check: 'alarms', about, message, next: next ?? nextCommand('runs', '--open') };
  });
