import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, normalize, resolve } from 'node:path';
import { below, type Place, TemplateError } from './error.ts';
import { parseVariable, splitText, type VariableCall, type VariableChoice } from './variable-syntax.ts';
import { readYaml } from './yaml.ts';

export type VariableOptions = {
  readonly root: string;
  readonly stage: string;
  readonly region: string;
  readonly account: string;
  readonly params?: Readonly<Record<string, string>>;
};

/** A template with its framework variables replaced, and for each object the file that it was written in. */
export type Resolved = {
  readonly template: Record<string, unknown>;
  fileOf(value: unknown): string | undefined;
};

const TEMPLATE = 'serverless.yml';

/**
 * Reads `serverless.yml` and the files that it names and replaces every `${self:…}`, `${file(…):…}`, `${opt:…}`, `${sls:…}`,
 * `${param:…}`, `${env:…}` and `${aws:…}`. What a function of a code file would return is known only to packaging: such a variable
 * becomes the text `<file>:<address>`. Throws `TemplateError`.
 */
export const resolveVariables = (options: VariableOptions): Resolved => {
  const resolver = new VariableResolver(options);
  const template = resolver.resolve();
  const fileOf = (value: unknown) =>
    typeof value === 'object' && value ? resolver.files.get(value) : undefined;
  return { template, fileOf };
};

class VariableResolver {
  readonly files = new WeakMap<object, string>();
  readonly #raw: unknown;
  readonly #sources: Sources;
  /** Variables that are being resolved, to find those that refer to themselves. */
  readonly #open = new Set<string>();

  constructor(options: VariableOptions) {
    this.#raw = readYaml(options.root, TEMPLATE);
    this.#sources = variableSources(options, this.#raw);
  }

  resolve(): Record<string, unknown> {
    return this.#walk(this.#raw, { file: TEMPLATE, path: '' }) as Record<string, unknown>;
  }

  /** Replaces the variables of a value and of everything in it. */
  #walk(value: unknown, place: Place): unknown {
    const replaced = this.#replace(value, place);
    if (typeof replaced !== 'object' || replaced === null || this.files.has(replaced)) return replaced;
    const copy = Array.isArray(replaced)
      ? replaced.map((item, index) => this.#walk(item, below(place, index)))
      : Object.fromEntries(
          Object.entries(replaced).map(([name, item]) => [name, this.#walk(item, below(place, name))]),
        );
    this.files.set(copy, place.file);
    return copy;
  }

  /** Replaces the variables of one text; other values are unchanged. */
  #replace(value: unknown, place: Place): unknown {
    if (typeof value !== 'string') return value;
    const parts = splitText(value).map((part) =>
      'text' in part ? part.text : this.#call(part.variable, place),
    );
    return parts.length === 1 ? parts[0] : parts.map((part) => asText(part, place)).join('');
  }

  #call(inner: string, place: Place): unknown {
    const written = asText(this.#replace(inner, place), place);
    const choices = parseVariable(written);
    if (!choices) return `\${${written}}`;
    if (this.#open.has(written)) throw new TemplateError(place, `\${${written}} refers to itself`);
    this.#open.add(written);
    try {
      return this.#answer(choices, written, place);
    } finally {
      this.#open.delete(written);
    }
  }

  #answer(choices: readonly VariableChoice[], written: string, place: Place): unknown {
    for (const choice of choices) {
      const value = 'literal' in choice ? choice.literal : this.#look(choice, place);
      if (value !== undefined && value !== null) return value;
    }
    throw new TemplateError(place, `\${${written}} has no value`);
  }

  #look({ source, argument, address }: VariableCall, place: Place): unknown {
    const find = this.#sources[source];
    if (!find) throw new TemplateError(place, `has the unknown variable source ${source}`);
    const { value, file } = find(argument, address);
    if (file === undefined) return value;
    return this.#walk(this.#follow(value, address, { file, path: '' }), { file, path: address });
  }

  /** Follows an address and replaces variables on the way. */
  #follow(value: unknown, address: string, place: Place): unknown {
    const names = address === '' ? [] : address.split('.');
    return names.reduce<unknown>((inside, name) => {
      const object = this.#replace(inside, place);
      return typeof object === 'object' && object !== null
        ? (object as Record<string, unknown>)[name]
        : undefined;
    }, value);
  }
}

const asText = (value: unknown, place: Place): string => {
  if (typeof value === 'object')
    throw new TemplateError(place, 'has a variable inside a text whose value is not a text');
  return String(value);
};

/** A value, and the file whose variables in it are not yet replaced. */
type Found = { readonly value: unknown; readonly file?: string };

type Sources = Readonly<Record<string, (argument: string, address: string) => Found>>;

const variableSources = (options: VariableOptions, raw: unknown): Sources => {
  const { root, stage, region, account, params: given = {} } = options;
  const known = (values: Record<string, unknown>) => (_: string, address: string) => ({
    value: values[address],
  });
  const { params = {} } = raw as { params?: Record<string, Record<string, unknown>> };
  return {
    self: () => ({ value: raw, file: TEMPLATE }),
    file: (path, address) => readFile(root, normalize(path), address),
    param: known({ ...params.default, ...params[stage], ...numbers(given) }),
    opt: known({ stage, region }),
    sls: known({ stage, instanceId: 'local' }),
    aws: known({ region, accountId: account, partition: 'aws' }),
    env: known(process.env),
  };
};

/** Parameters of a command are texts; the file writes numbers as such. */
const numbers = (given: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name, /^\d+$/.test(text) ? Number(text) : text]),
  );

const readFile = (root: string, file: string, address: string): Found => {
  if (['.yml', '.yaml', '.json'].includes(extname(file))) return { value: readYaml(root, file), file };
  const exported: unknown = existsSync(join(root, file))
    ? createRequire(resolve(root, file))(resolve(root, file))
    : {};
  const value = (exported as Record<string, unknown>)[address];
  return value === undefined || typeof value === 'function'
    ? { value: `${file}:${address}` }
    : { value: exported, file };
};
