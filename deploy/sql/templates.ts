import { Environment } from 'minijinja-js';
import { inlinedName } from '../../functions/warehouse/index.ts';
import { callProblems, signaturesOf } from '../render/macro-calls.ts';
import type { SqlFile } from './files.ts';
import { type Problem, placeOf } from './problem.ts';

/** The SQL engine that a text is rendered for. */
export type SqlEngine = 'duckdb' | 'redshift' | 'spark';

/** A template's rendered text, and its calls of dbt's functions. */
export type Rendered = {
  readonly sql: string;
  /** In order of first mention. */
  readonly refs: readonly string[];
  readonly sources: readonly { readonly schema: string; readonly table: string }[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
  /** Whether the template asked if the run is incremental; if not, it has the same text for both. */
  readonly asksIncremental: boolean;
};

export type RenderOptions = { readonly engine: SqlEngine; readonly incremental: boolean };

/** Renders files of one project, each with the project's macros. */
export type Templates = (file: SqlFile, options: RenderOptions) => Rendered;

type Project = { readonly files: readonly SqlFile[]; readonly vars: Readonly<Record<string, unknown>> };

/** Relation that `ref` returns: a model without its own table is read as a common table expression. */
const relationOf = ({ folder, name }: SqlFile): string =>
  folder === 'staging' || folder === 'kpis' ? inlinedName(name) : `gold.${name}`;

/** Opens a project's templates, with dbt's Jinja as far as it is supported here. */
export const openTemplates = ({ files, vars }: Project): Templates => {
  const macros = files.filter(({ folder }) => folder === 'macros');
  const models = new Map(files.filter(isReferable).map((file) => [file.name, file]));
  return (file, options) => {
    const environment = newEnvironment(macros);
    const notes = listen(environment, { file, models, vars, options });
    const sql = renderOrComplain(environment, file, macros, notes.problems);
    return { ...notes, sql, refs: [...notes.refs], sources: [...notes.sources.values()] };
  };
};

const isReferable = ({ folder }: SqlFile): boolean => !['macros', 'silver', 'checks'].includes(folder);

type Rendering = {
  readonly file: SqlFile;
  readonly models: ReadonlyMap<string, SqlFile>;
  readonly vars: Project['vars'];
  readonly options: RenderOptions;
};

/**
 * Gives a template dbt's functions and records its calls. A function that throws would stop the whole Jinja engine: problems
 * are recorded, too.
 */
const listen = (environment: Environment, { file, models, vars, options }: Rendering) => {
  const notes = {
    refs: new Set<string>(),
    sources: new Map<string, Rendered['sources'][number]>(),
    config: {} as Record<string, unknown>,
    problems: [] as Problem[],
    asksIncremental: false,
  };
  const complain = (name: string, message: string): string => {
    notes.problems.push({ file: file.path, ...placeOf(file.source, `'${name}'`), message });
    return 'nothing';
  };
  environment.addGlobal('ref', (name: string) => {
    const model = models.get(name);
    if (!model) return complain(name, `refers to ${name}, and no model has that name`);
    notes.refs.add(name);
    return relationOf(model);
  });
  environment.addGlobal('source', (schema: string, table: string) => {
    notes.sources.set(`${schema}.${table}`, { schema, table });
    return schema === 'landed' ? `landed_${table}` : `${schema}.${table}`;
  });
  environment.addGlobal('config', (settings: unknown) => {
    Object.assign(notes.config, plain(settings));
    return '';
  });
  environment.addGlobal('var', (name: string, fallback?: unknown) => {
    const value = vars[name] ?? fallback;
    return value ?? complain(name, `reads the variable ${name}, which dbt_project.yml does not set`);
  });
  environment.addGlobal('is_incremental', () => {
    notes.asksIncremental = true;
    return options.incremental;
  });
  environment.addGlobal('target', { type: options.engine, name: options.engine });
  return notes;
};

const newEnvironment = (macros: readonly SqlFile[]): Environment => {
  const environment = new Environment();
  environment.undefinedBehavior = 'strict';
  environment.addTemplate('macros', macros.map(({ source }) => source).join('\n'));
  return environment;
};

const renderOrComplain = (
  environment: Environment,
  file: SqlFile,
  macros: readonly SqlFile[],
  problems: Problem[],
): string => {
  const signatures = signaturesOf(macros);
  const names = [...signatures.keys()];
  const imports = names.length > 0 ? `{% from 'macros' import ${names.join(', ')} %}` : '';
  const wrong = callProblems(file, signatures);
  problems.push(...wrong);
  try {
    if (wrong.length > 0) return '';
    const text = environment.renderNamedStr(file.path, imports + file.source.trimEnd(), {});
    return withoutMargin(text, file.source);
  } catch (error) {
    problems.push(problemOf(error, file));
    return '';
  } finally {
    environment.free();
  }
};

/** Removes the lines above the first: dbt renders a file without them, but line numbers in messages count them. */
const withoutMargin = (text: string, source: string): string => {
  const [margin = ''] = /^\s*/.exec(source) ?? [];
  return text.startsWith(margin) ? text.slice(margin.length) : text;
};

/** The engine's own words, with the line that they name. */
const problemOf = (error: unknown, file: SqlFile): Problem => {
  const [message = ''] = String(error instanceof Error ? error.message : error).split('\n');
  const [, what = message, where, line] = /^(.*) \(in (.*):(\d+)\)$/.exec(message) ?? [];
  if (where === 'macros') return { file: file.path, message: `${what} (in a macro that it uses)` };
  return { file: file.path, line: line ? Number(line) : undefined, message: what };
};

/** Jinja's maps as objects. */
const plain = (value: unknown): unknown => {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  if (typeof value === 'bigint') return Number(value);
  return Array.isArray(value) ? value.map(plain) : value;
};
