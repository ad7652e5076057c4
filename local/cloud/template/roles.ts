import * as z from 'zod';
import type { Deployment, ResourcePolicy, Role } from './deployment.ts';
import { TemplateError } from './error.ts';
import type { TemplateReader } from './reader.ts';

const Inline = z.array(z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() }));
const RoleProperties = z.object({
  Policies: Inline.default([]),
  ManagedPolicyArns: z
    .never('the laptop does not know policies of AWS; write the statements here')
    .optional(),
});
const Attached = z.object({ Roles: z.array(z.string()) });
const AttachedPolicy = z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() });
const BucketPolicy = z.object({ Bucket: z.string(), PolicyDocument: z.unknown() });
const QueuePolicy = z.object({ Queues: z.array(z.string()), PolicyDocument: z.unknown() });
const Key = z.object({ KeyPolicy: z.unknown() });
const Warehouse = z.object({ DefaultIamRoleArn: z.string().optional() });

/** ARN of the role with which the warehouse reads and writes the lake. */
export const readWarehouseRole = (template: TemplateReader): string | undefined =>
  ['AWS::RedshiftServerless::Namespace', 'AWS::Redshift::Cluster']
    .flatMap((type) => template.resources(type, Warehouse))
    .map(({ properties }) => properties.DefaultIamRoleArn)
    .find((arn) => arn !== undefined);

/** The roles with these ARNs, each with its own policies and those that are attached to it; others are not evaluated. */
export const readRoles = (template: TemplateReader, arns: ReadonlySet<string>): Role[] => {
  const found = template.resources('AWS::IAM::Role', z.unknown()).flatMap(({ logicalId, name, place }) => {
    const arn = String(template.intrinsics.evaluate({ 'Fn::GetAtt': [logicalId, 'Arn'] }, place));
    const id = String(template.intrinsics.evaluate({ 'Fn::GetAtt': [logicalId, 'RoleId'] }, place));
    return arns.has(arn) ? [{ logicalId, name, arn, id }] : [];
  });
  const isFound = (logicalId: string) => found.some((role) => role.logicalId === logicalId);
  const own = template.resources('AWS::IAM::Role', RoleProperties, isFound);
  const attached = template.resources('AWS::IAM::Policy', Attached).map(({ logicalId, properties }) => ({
    roles: properties.Roles,
    logicalId,
  }));
  return found.map((role) => {
    const { properties } = own.find(({ logicalId }) => logicalId === role.logicalId) ?? {};
    const names = attached.flatMap(({ roles, logicalId }) => (roles.includes(role.name) ? [logicalId] : []));
    const others = template.resources('AWS::IAM::Policy', AttachedPolicy, (id) => names.includes(id));
    const policies = [...(properties?.Policies ?? []), ...others.map((other) => other.properties)];
    return {
      ...role,
      policies: policies.map(({ PolicyName: name, PolicyDocument: document }) => ({ name, document })),
    };
  });
};

/** Fails unless every role that something runs with is in the template. */
export const expectRoles = (
  template: TemplateReader,
  arns: ReadonlySet<string>,
  roles: readonly Role[],
): void => {
  for (const arn of arns) {
    if (roles.some((role) => role.arn === arn)) continue;
    throw new TemplateError({ file: 'serverless.yml', path: '' }, `${template.service} has no role ${arn}`);
  }
};

/** The policies of buckets, queues and keys. */
export const readResourcePolicies = (
  template: TemplateReader,
  { buckets, queues }: Pick<Deployment, 'buckets' | 'queues'>,
): ResourcePolicy[] => [
  ...template.resources('AWS::S3::BucketPolicy', BucketPolicy).flatMap(({ logicalId, properties }) =>
    buckets
      .filter(({ name }) => name === properties.Bucket)
      .map(({ name }) => ({
        name: logicalId,
        resource: `arn:aws:s3:::${name}`,
        document: properties.PolicyDocument,
      })),
  ),
  ...template
    .resources('AWS::SQS::QueuePolicy', QueuePolicy)
    .flatMap(({ logicalId, properties }) =>
      queues
        .filter(({ name }) => properties.Queues.some((url) => url.endsWith(`/${name}`)))
        .map(({ arn }) => ({ name: logicalId, resource: arn, document: properties.PolicyDocument })),
    ),
  ...template.resources('AWS::KMS::Key', Key).map(({ logicalId, place, properties }) => ({
    name: logicalId,
    resource: String(template.intrinsics.evaluate({ 'Fn::GetAtt': [logicalId, 'Arn'] }, place)),
    document: properties.KeyPolicy,
  })),
];
