import type { Call } from '../../../../local/cloud/access/access.ts';
import { ACCOUNT, REGION } from '../../../../local/cloud/environment.ts';
import { compileResource } from '../../../../local/cloud/iam/pattern.ts';
import { readTemplate } from '../../../../local/cloud/template/template.ts';

/** One action on one resource that a role is allowed, with the name of its statement. */
export type Grant = Call & { readonly sid: string };

type Statement = { Sid: string; Effect: string; Action: string[]; Resource: string[] };

/** What functions and jobs of this project are allowed, action by action and resource by resource. */
export const grantsOfProject = (): Grant[] => {
  const { roles, warehouseRole } = readTemplate(process.cwd(), {
    stage: 'dev',
    account: ACCOUNT,
    region: REGION,
  });
  return roles
    .filter(({ arn }) => arn !== warehouseRole)
    .flatMap(({ logicalId: role, policies }) =>
      policies
        .flatMap(({ document }) => (document as { Statement: Statement[] }).Statement)
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Sid: sid, Action, Resource }) =>
          Action.flatMap((action) => Resource.map((resource) => ({ role, sid, action, resource }))),
        ),
    );
};

/** Whether one of the calls used the grant. */
export const isUsed = (grant: Grant, calls: readonly Call[]): boolean => {
  const matches = compileResource(grant.resource);
  return calls.some(
    ({ role, action, resource }) =>
      role === grant.role && action === grant.action && (matches?.(resource, {}) ?? false),
  );
};

/** A grant in one line; the names of the stage and the account are left out. */
export const lineOf = ({ role, sid, action, resource }: Grant): string =>
  `${role} ${sid} ${action} ${resource.replace(/^arn:aws:[\w-]+:[\w-]*:\d*:/, '').replace(/soundcheck-dev-/, '')}`;
