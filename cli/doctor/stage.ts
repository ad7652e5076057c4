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

type Ports = {
  readonly stage: Stage;
  readonly stack: string;
  readonly deploys: string;
  /** The hash of this project's sources. */
  readonly version: string;
};

/** Problems of a stage; a question that the credentials do not allow is one, too. */
export const stageProblems = async (ports: Ports): Promise<Problem[]> => {
  const checks = { deployment, functions, events, account, tables, secrets, subscriptions, alarms };
  const found = Object.entries(checks).map(([check, ask]) =>
    ask(ports).catch((cause: Error) => [notAsked(check, cause)]),
  );
  return (await Promise.all(found)).flat();
};

const notAsked = (check: string, { message }: Error): Problem => ({
  ...{ check, about: 'AWS', message: `cannot be checked: ${message}` },
  next: 'aws sts get-caller-identity',
});

/** A deployment that was rolled back has left the stage as it was; one that could not be, has not. */
const deployment = async ({ stage, stack, deploys }: Ports): Promise<Problem[]> => {
  const status = await stage.stackStatus();
  const found = (message: string, next: string) => [{ check: 'deployment', about: stack, message, next }];
  if (status === undefined) return found('there is no such stack', deploys);
  const removes = deploys.replace('deploy', 'remove');
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return found(
      'its last deployment failed, and so did going back: it is half done (UPDATE_ROLLBACK_FAILED)',
      `aws cloudformation continue-update-rollback --stack-name ${stack}`,
    );
  if (/^(CREATE_FAILED|ROLLBACK_(COMPLETE|FAILED)|DELETE_FAILED)$/.test(status))
    return found(`it was not created or not removed as a whole (${status})`, removes);
  if (/FAILED|ROLLBACK_COMPLETE$/.test(status))
    return found(`its last deployment failed, and the one before is in use (${status})`, deploys);
  return [];
};

const whatIsWrong = {
  missing: 'there is no such function',
  failed: 'its last update failed',
  updating: 'its last update has not ended',
} as const;

const functions = async ({ stage, stack, deploys, version }: Ports): Promise<Problem[]> => {
  const all = await Promise.all(
    functionsOfStage.map(async (name) => {
      const about = functionName(stack, name);
      return { about, ...(await stage.functionState(about)) };
    }),
  );
  const wrong = all.flatMap(({ about, state }) =>
    state === 'ready' ? [] : [{ check: 'functions', about, message: whatIsWrong[state], next: deploys }],
  );
  const other = all.filter((one) => one.state !== 'missing' && one.version !== version);
  if (other.length === 0) return wrong;
  const isWhole = other.length === all.length;
  const message = isWhole
    ? 'its functions were deployed from other sources than this project has'
    : `a deployment is half done: ${other.map(({ about }) => about).join(', ')} were deployed from other sources than the rest`;
  return [...wrong, { check: 'functions', about: stack, message, next: deploys }];
};

const events = async ({ stage }: Ports): Promise<Problem[]> =>
  (await stage.disabledRules()).map((about) => ({
    ...{ check: 'events', about, message: 'the rule is turned off: its events wake no function' },
    next: `aws events enable-rule --name ${about}`,
  }));

const subscriptions = async ({ stage, stack, deploys }: Ports): Promise<Problem[]> => {
  const topic = await stage.alarmTopic();
  const about = `${stack}-alarms`;
  if (!topic) return [{ check: 'subscriptions', about, message: 'there is no such topic', next: deploys }];
  if (topic.confirmed > 0) return [];
  const message =
    topic.pending > 0
      ? 'nobody receives the alarms until the mail of AWS is confirmed'
      : 'nobody receives the alarms';
  const next = `aws sns subscribe --topic-arn ${topic.arn} --protocol email --notification-endpoint ADDRESS`;
  return [{ check: 'subscriptions', about, message, next }];
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
