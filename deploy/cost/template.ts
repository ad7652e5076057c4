/** A packaged CloudFormation template, as far as its cost depends on it. */
export type Template = {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
};
export type Properties = Readonly<Record<string, unknown>>;
type Resource = { readonly Type: string; readonly Condition?: string; readonly Properties?: Properties };

/** A resource that a deployment creates. */
export type Created = { readonly id: string; readonly type: string; readonly properties: Properties };

/** What stands at a path, or undefined. */
export const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], value);

/** The resources that a deployment without further parameters creates. Throws for a condition that is not understood. */
export const createdBy = (template: Template): Created[] => {
  const holds = (condition: unknown): boolean => {
    if (typeof condition === 'string') return holds(at(template.Conditions, condition));
    const [name = '', operands] = Object.entries((condition ?? {}) as object)[0] ?? [];
    const [one, other] = operands as unknown[];
    if (name === 'Fn::Not') return !holds(one);
    if (name === 'Fn::Equals') return String(resolved(template, one)) === String(resolved(template, other));
    throw new Error(`the condition ${JSON.stringify(condition)} is not understood`);
  };
  return Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition === undefined || holds(Condition))
    .map(([id, { Type, Properties = {} }]) => ({ id, type: Type, properties: Properties }));
};

/** A value, or the default of the parameter that it refers to. */
export const resolved = (template: Template, value: unknown): unknown => {
  const name = at(value, 'Ref');
  return typeof name === 'string' ? (at(template, 'Parameters', name, 'Default') ?? value) : value;
};

/** A number of a template; throws where there is none. */
export const numberAt = (template: Template, value: unknown, ...path: (string | number)[]): number => {
  const found = Number(resolved(template, at(value, ...path)));
  if (Number.isNaN(found)) throw new Error(`${path.join('.')} is not a number`);
  return found;
};
