import { at, type Properties, type Resource, type Template } from '../template.ts';

/** A resource as it was deployed: without what its condition leaves out, and with every reference replaced. */
export type DeployedResource = {
  readonly id: string;
  readonly type: string;
  /** Its physical id. */
  readonly name: string;
  readonly properties: Properties;
};

type Stack = Readonly<Record<string, unknown>>;
/** What AWS made up, and the template cannot know. */
type Made = { readonly roleId: (role: string) => unknown };

const account = '000000000000';
const region = 'eu-west-1';

const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;

/** Values of `Fn::GetAtt` by type and attribute, from the physical id. */
const attributes: Readonly<Record<string, (name: string, made: Made) => unknown>> = {
  'AWS::IAM::Role.Arn': (name) => `arn:aws:iam::${account}:role/${name}`,
  'AWS::IAM::Role.RoleId': (name, { roleId }) => roleId(name),
  'AWS::SQS::Queue.Arn': (url) => arn('sqs', url.split('/').at(-1) ?? ''),
  'AWS::SQS::Queue.QueueName': (url) => url.split('/').at(-1),
  'AWS::EC2::SecurityGroup.GroupId': (id) => id,
  'AWS::Lambda::Function.Arn': (name) => arn('lambda', `function:${name}`),
  'AWS::EC2::EIP.AllocationId': (id) => `eipalloc-${id}`,
  'AWS::KMS::Key.Arn': (id) => arn('kms', `key/${id}`),
  'AWS::S3::Bucket.Arn': (name) => `arn:aws:s3:::${name}`,
  'AWS::RedshiftServerless::Namespace.Namespace.NamespaceArn': (name) =>
    arn('redshift-serverless', `namespace/${name}`),
  'AWS::RedshiftServerless::Workgroup.Workgroup.WorkgroupArn': (name) =>
    arn('redshift-serverless', `workgroup/${name}`),
  'AWS::CloudWatch::Alarm.Arn': (name) => arn('cloudwatch', `alarm:${name}`),
  'AWS::Logs::LogGroup.Arn': (name) => arn('logs', `log-group:${name}:*`),
  'AWS::DynamoDB::Table.Arn': (name) => arn('dynamodb', `table/${name}`),
};

/** The resources of a template that a deployment creates; physical ids come from the stack, all else from the template. */
export const deployedResources = (template: Template, stack: Stack, made: Made): DeployedResource[] => {
  const nameOf = (id: string): string => {
    const name = at(stack[id], 'PhysicalResourceId');
    if (typeof name !== 'string') throw new Error(`the stack has no ${id}`);
    return name;
  };
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const reference = (name: string): unknown => {
    if (name === 'AWS::NoValue') return undefined;
    const given = at(template, 'Parameters', name, 'Default');
    return pseudo[name] ?? (given === undefined ? nameOf(name) : String(given));
  };
  const attribute = (id: string, name: string): unknown => {
    const resource = template.Resources[id];
    const known = attributes[`${resource?.Type}.${name}`];
    if (known) return known(nameOf(id), made);
    const written = resource?.Properties?.[name];
    if (written === undefined) throw new Error(`nothing is known of ${id}.${name}`);
    return resolve(written);
  };
  const substitute = (operand: string | [text: string, values: Record<string, unknown>]): string => {
    const [text, values] = typeof operand === 'string' ? [operand, {}] : operand;
    return text.replaceAll(/\$\{([^}!]+)\}/g, (_, name: string) => {
      if (name in values) return String(resolve(values[name]));
      const [id = '', ...rest] = name.split('.');
      return String(rest.length === 0 ? reference(id) : attribute(id, rest.join('.')));
    });
  };
  const intrinsics: Readonly<Record<string, (operand: never) => unknown>> = {
    Ref: reference,
    'Fn::GetAtt': ([id, ...rest]: [string, ...string[]]) => attribute(id, rest.join('.')),
    'Fn::Sub': substitute,
    'Fn::Join': ([separator, items]: [string, unknown]) =>
      (resolve(items) as unknown[]).map(String).join(separator),
    'Fn::Split': ([separator, text]: [string, unknown]) => String(resolve(text)).split(separator),
    'Fn::Select': ([index, items]: [number, unknown]) => (resolve(items) as unknown[])[index],
    'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    'Fn::Equals': ([one, other]: [unknown, unknown]) => String(resolve(one)) === String(resolve(other)),
    'Fn::If': ([condition, yes, no]: [string, unknown, unknown]) => resolve(holds(condition) ? yes : no),
    'Fn::Not': ([condition]: [unknown]) => !resolve(condition),
  };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const [[name = '', operand] = [], ...others] = Object.entries(value);
    const apply = others.length === 0 ? intrinsics[name] : undefined;
    if (apply) return apply(operand as never);
    // A member without a value is as if it were not there.
    const members = Object.entries(value).map(([member, inside]) => [member, resolve(inside)] as const);
    return Object.fromEntries(members.filter(([, inside]) => inside !== undefined));
  };
  const holds = (condition: string): boolean => Boolean(resolve(at(template, 'Conditions', condition)));
  const isWanted = (resource: Resource): boolean => {
    const condition = at(resource, 'Condition');
    return condition === undefined || holds(String(condition));
  };
  return Object.entries(template.Resources)
    .filter(([, resource]) => isWanted(resource))
    .map(([id, { Type, Properties = {} }]) => ({
      id,
      type: Type,
      name: nameOf(id),
      properties: resolve(Properties) as Properties,
    }));
};
