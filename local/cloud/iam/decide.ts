import type { Policy, Statement } from './policy.ts';
import type { AccessRequest } from './request.ts';

/** What decides: a statement and the name of its policy; without a statement, none allows the request. */
export type Decision =
  | { readonly isAllowed: true; readonly policy: string; readonly statement: string }
  | { readonly isAllowed: false; readonly policy?: string; readonly statement?: string };

type Policies = {
  /** Policies of the role. */
  readonly identity: readonly Policy[];
  /** The policy of the resource, if it has one. */
  readonly resource?: Policy | undefined;
  /** A role needs the resource's policy, too: that of a KMS key, which can leave the decision to the account. */
  readonly needsBoth?: boolean;
};

/**
 * Decides on a request inside of one account: a Deny counts before every Allow; else an Allow of the role's policies, or one of
 * the resource's policy that names the role itself
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
 */
export const decide = (request: AccessRequest, { identity, resource, needsBoth }: Policies): Decision => {
  const isService = request.principal.kind === 'service';
  const own = isService ? undefined : identity;
  const find = (
    policies: readonly (Policy | undefined)[] | undefined,
    wanted: (one: Statement) => boolean,
  ) => {
    for (const policy of policies ?? []) {
      const found = policy?.statements.find((one) => wanted(one) && one.fits(request));
      if (policy && found) return { policy: policy.name, statement: found.sid };
    }
    return undefined;
  };
  const named = ({ names }: Statement) => names(request.principal);
  const denied =
    find(own, ({ effect }) => effect === 'Deny') ??
    find([resource], (one) => one.effect === 'Deny' && named(one) !== undefined);
  if (denied) return { isAllowed: false, ...denied };
  const direct = find([resource], (one) => one.effect === 'Allow' && named(one) === 'itself');
  if (direct) return { isAllowed: true, ...direct };
  const delegated = find([resource], (one) => one.effect === 'Allow' && named(one) === 'account');
  if (needsBoth && !delegated) return { isAllowed: false };
  const granted = find(own, ({ effect }) => effect === 'Allow');
  return granted ? { isAllowed: true, ...granted } : { isAllowed: false };
};
