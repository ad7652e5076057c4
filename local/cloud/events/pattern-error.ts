/** A pattern that EventBridge rejects; `path` is the place in the pattern. */
export class PatternError extends Error {
  override readonly name = 'InvalidEventPatternException';
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`Event pattern is not valid: ${path === '' ? 'it' : path} ${reason}`);
  }
}
