/** A policy says something that this evaluator does not know; `place` is the path in the policy. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  constructor(
    readonly policy: string,
    readonly place: string,
    readonly reason: string,
  ) {
    super(`${policy}: ${place} ${reason}`);
  }
}
