import {
  type AccessRequest,
  type Context,
  decide,
  type Policy,
  type Principal,
  readPolicy,
} from '../iam/index.ts';
import { entryNamed } from '../protocol.ts';
import type { Deployment, Role } from '../template/deployment.ts';
import { conditionKeys } from './condition-keys.ts';

/** One action that a call needs, on one resource. */
export type Need = {
  readonly action: string;
  /** An ARN, or `*` where the service has no resource for the action. */
  readonly resource: string;
  readonly context?: Context;
  /** Puts a part of an object, for which S3 decrypts, too. */
  readonly isPart?: true;
};

/** Who calls with a role. Without a caller, it is the administrator of the account: the person at this machine. */
export type Caller = {
  readonly role: Role;
  /** The name of the session: the function or the job. */
  readonly session: string;
};

/** `aws:userid` of a session of a role. */
export const userIdOf = ({ role, session }: Caller): string => `${role.id}:${session}`;

/** A role may not do what it asks for; the message is that of AWS. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
}

/** One call, as it is recorded. */
export type Call = { readonly role: string; readonly action: string; readonly resource: string };

/** The roles of a deployment, enforced. */
export type Access = {
  /** The access key of a role; that of the administrator if something has no role. */
  keyOf(roleArn: string | undefined, session: string): string;
  /** The caller with an access key; undefined for the administrator. */
  callerOf(accessKey: string | undefined): Caller | undefined;
  /** Throws `AccessDenied` unless the caller may do all of it. */
  expect(caller: Caller | undefined, needs: readonly Need[]): void;
  /** Throws `AccessDenied` unless a service may do it on behalf of a resource of this account. */
  expectService(service: string, sourceArn: string, need: Need): void;
};

export const administratorKey = 'local';

type AccessOptions = {
  readonly deployment: Deployment;
  /** Receives every call of a role that is allowed, again and again. */
  readonly record?: ((call: Call) => void) | undefined;
  /** Receives a line for every call that is denied. */
  readonly log?: (line: string) => void;
};

/** Compiles the roles and the policies of resources. Throws `PolicyError` for a policy that cannot be evaluated. */
export const openAccess = ({ deployment, record = () => {}, log = () => {} }: AccessOptions): Access => {
  const { account, region } = deployment;
  const reading = (kind: 'identity' | 'resource', name: string) => ({ kind, name, keys: conditionKeys });
  const identities = new Map(
    deployment.roles.map(({ arn, logicalId, policies }) => [
      arn,
      policies.map(({ name, document }) => readPolicy(document, reading('identity', `${logicalId} ${name}`))),
    ]),
  );
  const resources = new Map(
    deployment.policies.map(({ resource, name, document }) => [
      resource,
      readPolicy(document, reading('resource', name)),
    ]),
  );
  const keys = keysOf(deployment);
  const callers = new Map<string, Caller>();

  const denied = (message: string): AccessDenied => {
    log(`Denied: ${message}`);
    return new AccessDenied(message);
  };
  const isAllowed = (request: AccessRequest, identity: readonly Policy[]): boolean =>
    decide(request, {
      identity,
      resource: resources.get(ownerOf(request.resource)),
      needsBoth: request.action.startsWith('kms:'),
    }).isAllowed;
  const expectOne = ({ role, session }: Caller, { action, resource, context = {} }: Need): void => {
    const principal: Principal = { kind: 'role', account, arn: role.arn };
    const known = { ...contextOf({ role, session }, account), ...context };
    const request = { principal, action, resource, context: known };
    if (!isAllowed(request, identities.get(role.arn) ?? []))
      throw denied(
        `User: arn:aws:sts::${account}:assumed-role/${role.name}/${session} is not authorized to perform: ${action} on resource: ${resource}`,
      );
    record({ role: role.logicalId, action, resource });
  };
  const expect: Access['expect'] = (caller, needs) => {
    if (!caller) return;
    for (const need of needs) {
      expectOne(caller, need);
      for (const key of keyNeeds(need, keys, account, region)) expectOne(caller, key);
    }
  };
  return {
    keyOf: (arn, session) => {
      const role = deployment.roles.find((one) => one.arn === arn);
      if (!role) return administratorKey;
      const key = `${role.name}.${session}`;
      callers.set(key, { role, session });
      return key;
    },
    callerOf: (key = '') => callers.get(key),
    expect,
    expectService: (service, sourceArn, { action, resource }) => {
      const context = { ...transport, 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account };
      const request = { principal: { kind: 'service', service } as const, action, resource, context };
      if (isAllowed(request, [])) return;
      throw denied(`${service} is not authorized to perform: ${action} on resource: ${resource}`);
    },
  };
};

/** Clients on AWS use HTTPS; on this machine nothing leaves it. */
const transport = { 'aws:SecureTransport': 'true' };

const contextOf = (caller: Caller, account: string): Context => ({
  ...transport,
  'aws:PrincipalArn': caller.role.arn,
  'aws:PrincipalAccount': account,
  'aws:userid': userIdOf(caller),
});

/** The resource with the policy: an object belongs to its bucket. */
const ownerOf = (arn: string): string => (arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? arn) : arn);

type Keys = ReadonlyMap<string, string>;

/** Keys by the ARN of what they encrypt. */
const keysOf = ({ buckets, tables, account, region }: Deployment): Keys =>
  new Map([
    ...buckets.flatMap(({ name, keyArn }) => (keyArn ? [[`arn:aws:s3:::${name}`, keyArn] as const] : [])),
    ...tables.flatMap(({ name, keyArn }) =>
      keyArn ? [[`arn:aws:dynamodb:${region}:${account}:table/${name}`, keyArn] as const] : [],
    ),
  ]);

/** What S3 does with the key of a bucket on behalf of the caller. */
const keyActions: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': ['kms:Decrypt'],
  's3:GetObjectVersion': ['kms:Decrypt'],
  's3:PutObject': ['kms:GenerateDataKey'],
};

const keyNeeds = (
  { action, resource, isPart }: Need,
  keys: Keys,
  account: string,
  region: string,
): Need[] => {
  const [service = ''] = action.split(':');
  const key = keys.get(service === 'dynamodb' ? (resource.split('/index/')[0] ?? '') : ownerOf(resource));
  if (key === undefined) return [];
  const needed = service === 'dynamodb' ? ['kms:Decrypt'] : (entryNamed(keyActions, action) ?? []);
  const context = { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'kms:CallerAccount': account };
  return [...needed, ...(isPart ? ['kms:Decrypt'] : [])].map((name) => ({
    action: name,
    resource: key,
    context,
  }));
};
