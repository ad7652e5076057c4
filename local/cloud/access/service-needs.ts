import { decodeName } from '../functions/api.ts';
import { isObject } from '../json.ts';
import { entryNamed } from '../protocol.ts';
import type { Need } from './access.ts';

/** A call to a service with AWS JSON protocol. */
export type JsonCall = {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Who sent the statement that the input names; undefined if nobody knows. */
  readonly owner: string | undefined;
  /** Who asks, as `aws:userid`. */
  readonly userId: string;
};

type Place = { readonly account: string; readonly region: string };
type Needs = (call: JsonCall, arn: (service: string, resource: string) => string) => readonly Need[];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const namesIn = (value: unknown): string[] => Object.keys((value ?? {}) as object);
const itemsIn = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** Items of a transaction by what they do; each needs the permission of the single operation. */
const transactActions: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

const dynamodb: Needs = ({ operation, input }, arn) => {
  const on = (table: string, action = operation): Need => {
    const path = table.startsWith('arn:') ? table : arn('dynamodb', `table/${table}`);
    const index = text(input.IndexName);
    return { action: `dynamodb:${action}`, resource: index ? `${path}/index/${index}` : path };
  };
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem')
    return namesIn(input.RequestItems).map((table) => on(table));
  if (operation === 'TransactGetItems' || operation === 'TransactWriteItems')
    return itemsIn(input.TransactItems).flatMap((item) =>
      Object.entries(item).map(([kind, given]) =>
        on(
          text((given as { TableName?: unknown } | null)?.TableName),
          entryNamed(transactActions, kind) ?? kind,
        ),
      ),
    );
  if (operation === 'ListTables') return [{ action: 'dynamodb:ListTables', resource: '*' }];
  return [on(text(input.TableName))];
};

/** A job; or a table, for which the catalog and the database are needed, too. */
const glue: Needs = ({ operation, input }, arn) => {
  const action = `glue:${operation}`;
  const on = (...resources: string[]): Need[] =>
    resources.map((resource) => ({ action, resource: arn('glue', resource) }));
  if (operation === 'ListJobs') return [{ action, resource: '*' }];
  if (input.JobName !== undefined) return on(`job/${text(input.JobName)}`);
  const [database, table] = [text(input.DatabaseName), text(input.TableName ?? input.Name)];
  const { roleArn } = (input.TableOptimizerConfiguration ?? {}) as Record<string, unknown>;
  const passed = roleArn === undefined ? [] : [{ action: 'iam:PassRole', resource: text(roleArn) }];
  return [...on('catalog', `database/${database}`, `table/${database}/${table}`), ...passed];
};

const events: Needs = ({ operation, input }, arn) => {
  if (operation !== 'PutEvents') return [{ action: `events:${operation}`, resource: '*' }];
  const buses = itemsIn(input.Entries).map(({ EventBusName }) => text(EventBusName) || 'default');
  return [...new Set(buses)].map((name) => ({
    action: 'events:PutEvents',
    resource: name.startsWith('arn:') ? name : arn('events', `event-bus/${name}`),
  }));
};

const ownerKey = 'redshift-data:statement-owner-iam-userid';

/** A secret by its ARN or its name; an ARN ends with six characters that nobody can choose. */
const readSecret = (secret: string, arn: Parameters<Needs>[1]): Need => ({
  action: 'secretsmanager:GetSecretValue',
  resource: secret.startsWith('arn:') ? secret : arn('secretsmanager', `secret:${secret}-AbCdEf`),
});

/** A statement is a resource of its sender only by a condition, and a login to the workgroup is an action of its own. */
const redshiftData: Needs = ({ operation, input, owner, userId }, arn) => {
  const action = `redshift-data:${operation}`;
  if (operation === 'ListStatements') return [{ action, resource: '*', context: { [ownerKey]: userId } }];
  if ('Id' in input)
    return owner === undefined ? [] : [{ action, resource: '*', context: { [ownerKey]: owner } }];
  const workgroup = text(input.WorkgroupName);
  if (workgroup === '') {
    const cluster = text(input.ClusterIdentifier);
    const user = `${cluster}/${text(input.DbUser) || '*'}`;
    return [
      { action, resource: arn('redshift', `cluster:${cluster}`) },
      input.SecretArn
        ? readSecret(text(input.SecretArn), arn)
        : input.DbUser
          ? { action: 'redshift:GetClusterCredentials', resource: arn('redshift', `dbuser:${user}`) }
          : {
              action: 'redshift:GetClusterCredentialsWithIAM',
              resource: arn('redshift', `dbname:${cluster}/${text(input.Database)}`),
            },
    ];
  }
  const resource = arn('redshift-serverless', `workgroup/${workgroup}`);
  return [
    { action, resource },
    input.SecretArn
      ? readSecret(text(input.SecretArn), arn)
      : { action: 'redshift-serverless:GetCredentials', resource },
  ];
};

const secretsmanager: Needs = ({ operation, input }, arn) => {
  const id = text(input.SecretId ?? input.Name);
  const resource = id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}`);
  return [{ action: `secretsmanager:${operation}`, resource }];
};

const sqs: Needs = ({ operation, input }, arn) => {
  const name = text(input.QueueName) || text(input.QueueUrl).split('/').at(-1);
  return [
    { action: `sqs:${operation}`, resource: operation === 'ListQueues' ? '*' : arn('sqs', name ?? '') },
  ];
};

const services: Readonly<Record<string, Needs>> = {
  dynamodb,
  events,
  glue,
  'redshift-data': redshiftData,
  secretsmanager,
  sqs,
};

/** What a call needs; of a service without a description here, its action on everything, which no role has. */
export const needsOfCall = (call: JsonCall, { account, region }: Place): readonly Need[] => {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const needs = entryNamed(services, call.service);
  return needs?.(call, arn) ?? [{ action: `${call.service}:${call.operation}`, resource: '*' }];
};

/** What a request of Lambda's REST API needs. */
export const needsOfInvocation = (path: string, { account, region }: Place): readonly Need[] => {
  const [, encoded = ''] = /\/functions\/([^/?]+)/.exec(path) ?? [];
  const [name = ''] = decodeName(encoded)
    .replace(/^.*\bfunction:/, '')
    .split(':');
  return [
    { action: 'lambda:InvokeFunction', resource: `arn:aws:lambda:${region}:${account}:function:${name}` },
  ];
};
