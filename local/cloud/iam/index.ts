/**
 * Evaluates IAM policies as AWS documents it: identity policies, policies of resources and key policies, with wildcards, policy
 * variables and conditions. It knows no service, no template and no request; whatever it does not know is an error when a policy
 * is read, never a permission. Not here: permission boundaries, session and organization policies, NotPrincipal, other accounts.
 * Start with `decide.ts`.
 */

export { decide } from './decide.ts';
export { type Policy, readPolicy } from './policy.ts';
export type { AccessRequest, Context, Principal } from './request.ts';
