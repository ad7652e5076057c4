/** Who asks: a role of the account, or a service of AWS. */
export type Principal =
  | { readonly kind: 'role'; readonly account: string; readonly arn: string }
  | { readonly kind: 'service'; readonly service: string };

/** Condition keys of a request with their values; a list is for keys that may have several. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** One action on one resource. */
export type AccessRequest = {
  readonly principal: Principal;
  /** `s3:GetObject`. */
  readonly action: string;
  /** An ARN; `*` for an action without a resource. */
  readonly resource: string;
  readonly context: Context;
};

/** The values of a condition key, whose name is not case-sensitive; undefined if the request has none. */
export const valuesOf = (context: Context, key: string): readonly string[] | undefined => {
  const wanted = key.toLowerCase();
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return typeof found === 'string' ? [found] : found;
};
