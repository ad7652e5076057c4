import { below, type Place, TemplateError } from './error.ts';
import { namingOf } from './resource-names.ts';

/** A resource of the template. */
export type Resource = {
  readonly Type: string;
  readonly Condition?: string | undefined;
  readonly Properties?: Record<string, unknown>;
};

export type Stack = {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
};

/** Stands for `AWS::NoValue`: the member is left out. */
const noValue = Symbol('AWS::NoValue');

type Intrinsic = (operand: unknown, place: Place) => unknown;

/**
 * Evaluates CloudFormation's functions for the laptop: references become the names and ARNs of the resources there. Throws
 * `TemplateError` for values that only AWS knows.
 */
export class Intrinsics {
  readonly #stack: Stack;
  readonly #functions: Readonly<Record<string, Intrinsic>>;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#functions = {
      Ref: (name, place) => this.reference(String(name), place),
      Condition: (name, place) => this.#condition(name, place),
      'Fn::GetAtt': (operand, place) => this.#attribute(operand, place),
      'Fn::Sub': (operand, place) => this.#substitute(operand, place),
      'Fn::Join': (operand, place) => this.#join(operand, place),
      'Fn::Split': (operand, place) => this.#split(operand, place),
      'Fn::Select': (operand, place) => this.#select(operand, place),
      'Fn::FindInMap': (operand, place) => this.#findInMap(operand, place),
      'Fn::If': (operand, place) => this.#if(operand, place),
      'Fn::Equals': (operand, place) => new Set(this.#texts(operand, place)).size === 1,
      'Fn::Not': (operand, place) => !this.#list(operand, place)[0],
      'Fn::And': (operand, place) => this.#list(operand, place).every(Boolean),
      'Fn::Or': (operand, place) => this.#list(operand, place).some(Boolean),
    };
  }

  /** The value with every function in it replaced. */
  evaluate(value: unknown, place: Place): unknown {
    if (Array.isArray(value)) {
      return value
        .map((item, index) => this.evaluate(item, below(place, index)))
        .filter((item) => item !== noValue);
    }
    if (typeof value !== 'object' || value === null) return value;
    const [first, ...others] = Object.entries(value);
    if (first && others.length === 0 && isFunction(first[0])) return this.#apply(...first, place);
    const members = Object.entries(value).map(([name, item]) => [
      name,
      this.evaluate(item, below(place, name)),
    ]);
    return Object.fromEntries(members.filter(([, item]) => item !== noValue));
  }

  /** The physical name of a resource. */
  nameOf(logicalId: string, place: Place): string {
    const { Type, Properties = {} } = this.#resource(logicalId, place);
    const { property } = namingOf(Type);
    const generated = `${this.#stack.name}-${logicalId.toLowerCase()}`;
    const written = property
      .split('.')
      .reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], Properties);
    return String(this.evaluate(written, below(place, property)) ?? generated);
  }

  /** The value of `Ref` for a resource, a parameter or a pseudo parameter. */
  reference(name: string, place: Place): unknown {
    const { account, region, name: stack, parameters } = this.#stack;
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stack}/local`,
      'AWS::NoValue': noValue,
    };
    if (name in pseudo) return pseudo[name];
    if (name in parameters) return parameters[name];
    const physical = this.nameOf(name, place);
    const { ref } = namingOf(this.#resource(name, place).Type);
    return ref ? ref(physical, account, region) : physical;
  }

  #apply(name: string, operand: unknown, place: Place): unknown {
    const apply = this.#functions[name];
    if (!apply) throw new TemplateError(place, `uses ${name}, which the laptop cannot evaluate`);
    return apply(operand, place);
  }

  #resource(logicalId: string, place: Place): Resource {
    const resource = this.#stack.resources[logicalId];
    if (!resource)
      throw new TemplateError(place, `refers to ${logicalId}, which is neither a resource nor a parameter`);
    return resource;
  }

  #attribute(operand: unknown, place: Place): unknown {
    const [logicalId = '', ...rest] = this.#texts(operand, place);
    const attribute = rest.join('.');
    const { Type, Properties = {} } = this.#resource(logicalId, place);
    const { account, region } = this.#stack;
    if (attribute === 'Arn')
      return `arn:aws:${namingOf(Type).arn(this.nameOf(logicalId, place), account, region)}`;
    if (attribute === namingOf(Type).property) return this.nameOf(logicalId, place);
    const made = namingOf(Type).attributes?.[attribute];
    if (made) return made(this.nameOf(logicalId, place), account, region);
    if (attribute in Properties) return this.evaluate(Properties[attribute], place);
    throw new TemplateError(place, `asks ${logicalId} for ${attribute}, which only AWS knows`);
  }

  #substitute(operand: unknown, place: Place): string {
    const [text, values] = Array.isArray(operand) ? operand : [operand, {}];
    return String(text).replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in values) return String(this.evaluate(values[name], place));
      return String(
        name.includes('.') ? this.#attribute(splitOnce(name), place) : this.reference(name, place),
      );
    });
  }

  #join(operand: unknown, place: Place): string {
    const [separator, items] = this.#list(operand, place);
    return this.#list(items, place).join(String(separator));
  }

  #split(operand: unknown, place: Place): string[] {
    const [separator, text] = this.#texts(operand, place);
    return String(text).split(String(separator));
  }

  #select(operand: unknown, place: Place): unknown {
    const [index, items] = this.#list(operand, place);
    return this.#list(items, place)[Number(index)];
  }

  #findInMap(operand: unknown, place: Place): unknown {
    const found = this.#texts(operand, place).reduce<unknown>(
      (inside, name) => (inside as Record<string, unknown> | undefined)?.[name],
      this.#stack.mappings,
    );
    if (found === undefined) throw new TemplateError(place, 'is not in the mapping');
    return found;
  }

  #if(operand: unknown, place: Place): unknown {
    const [condition, yes, no] = Array.isArray(operand) ? operand : [];
    return this.evaluate(this.#condition(condition, place) ? yes : no, place);
  }

  /** Whether a resource is in the stack, or its condition leaves it out. */
  isCreated({ Condition }: Resource, file: string): boolean {
    return Condition === undefined || this.#condition(Condition, { file, path: 'Condition' });
  }

  #condition(name: unknown, place: Place): boolean {
    const condition = this.#stack.conditions[String(name)];
    if (condition === undefined)
      throw new TemplateError(place, `refers to ${name}, which is not a condition`);
    return Boolean(this.evaluate(condition, below({ ...place, path: 'Conditions' }, String(name))));
  }

  #list(operand: unknown, place: Place): unknown[] {
    const value = this.evaluate(operand, place);
    if (!Array.isArray(value)) throw new TemplateError(place, 'needs a list here');
    return value;
  }

  #texts(operand: unknown, place: Place): string[] {
    return this.#list(operand, place).map(String);
  }
}

const isFunction = (name: string): boolean =>
  name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');

const splitOnce = (name: string): [string, string] => {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
};
