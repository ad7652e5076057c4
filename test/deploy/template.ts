/** A CloudFormation template as packaging writes it. */
export type Template = { readonly Resources: Readonly<Record<string, Resource>> };
export type Resource = { readonly Type: string; readonly Properties?: Properties };
export type Properties = Readonly<Record<string, unknown>>;

/** Properties of every resource of one type, by logical id. */
export const resourcesOf = ({ Resources }: Template, type: string): [id: string, properties: Properties][] =>
  Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) =>
    Type === type ? [[id, Properties]] : [],
  );

/** What stands at a path inside properties, or undefined. */
export const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], value);

/** The logical id that a reference (`Ref`, `Fn::GetAtt`, a `Fn::Sub` of one attribute) means. */
export const referred = (value: unknown): string | undefined => {
  const name = at(value, 'Ref') ?? at(value, 'Fn::GetAtt', 0) ?? at(value, 'Fn::Sub');
  return typeof name === 'string' ? name.replace(/^\$\{(\w+)\.\w+\}$/, '$1') : undefined;
};

export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
};

/** What a role may do: its own policies and those that are attached to it. */
export const statementsOf = (template: Template, role: string): Statement[] => {
  const own = at(template.Resources[role]?.Properties, 'Policies') as readonly unknown[] | undefined;
  const attached = resourcesOf(template, 'AWS::IAM::Policy')
    .map(([, properties]) => properties)
    .filter(({ Roles }) => (Roles as unknown[]).some((each) => referred(each) === role));
  return [...(own ?? []), ...attached].flatMap(
    (policy) => at(policy, 'PolicyDocument', 'Statement') as Statement[],
  );
};
