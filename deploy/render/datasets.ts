import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../../functions/pipeline/index.ts';
import { parseSource } from '../../functions/sources/index.ts';
import {
  ManifestText,
  parseManifest,
  problemPlaces,
  readManifestJson,
} from '../../functions/validation/index.ts';
import { nameHint } from '../../functions/values/index.ts';
import { partitionFields } from '../silver/partition.ts';
import { ignoreMissing, type SqlFile } from '../sql/files.ts';
import { type Problem, placeOf } from '../sql/problem.ts';
import type { RenderedFile } from './file.ts';

/** The files of a dataset's folder in `rules/`; only pulled datasets have a source. */
export type Rules = {
  readonly dataset: string;
  readonly manifest: string;
  readonly ruleset: string;
  readonly source?: string;
};

const lineage = {
  landed_file: 'varchar',
  landed_version: 'varchar',
  landed_at: 'timestamp',
  batch_id: 'varchar',
};

/** The rules of every dataset, one per folder of `rules/`, and their problems. */
export const readRules = async (root: string): Promise<{ rules: Rules[]; problems: Problem[] }> => {
  const entries = await readdir(join(root, 'rules'), { withFileTypes: true }).catch(ignoreMissing);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const read = await Promise.all(names.sort().map((name) => readFolder(root, name)));
  return {
    rules: read.flatMap(({ rules }) => rules ?? []),
    problems: read.flatMap(({ problems }) => problems),
  };
};

const readFolder = async (root: string, dataset: string): Promise<{ rules?: Rules; problems: Problem[] }> => {
  const folder = `rules/${dataset}`;
  if (!/^[a-z][a-z0-9_]*$/.test(dataset))
    return {
      problems: [
        { file: folder, message: 'the name of a dataset must be lower case: letters, digits and _' },
      ],
    };
  const read = (name: string) => readFile(join(root, folder, name), 'utf8').catch(() => undefined);
  const [manifest, ruleset, source] = await Promise.all(
    ['manifest.json', 'quality.dqdl', 'source.json'].map(read),
  );
  const missing = [
    ...(manifest === undefined ? [missingFile(`${folder}/manifest.json`, 'what may land')] : []),
    ...(ruleset === undefined ? [missingFile(`${folder}/quality.dqdl`, 'what may be published')] : []),
  ];
  if (manifest === undefined || ruleset === undefined) return { problems: missing };
  const problems = [
    ...problemsOf(`${folder}/manifest.json`, manifest, parseManifest),
    ...(source === undefined ? [] : problemsOf(`${folder}/source.json`, source, parseSource)),
    ...(source === undefined ? [] : pulledProblems(`${folder}/manifest.json`, manifest, source)),
  ];
  return { rules: { dataset, manifest, ruleset, ...(source === undefined ? {} : { source }) }, problems };
};

type Parsed = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] };

const problemsOf = (file: string, text: string, parse: (text: string) => Parsed): Problem[] => {
  const parsed = parse(text);
  if (parsed.ok) return [];
  const placeOf = problemPlaces(text);
  return parsed.problems.map((message) => ({ file, ...placeOf(message), message }));
};

/** A pull lands JSON lines, each with the field that the source adds. */
const pulledProblems = (file: string, manifest: string, source: string): Problem[] => {
  const [parsed, pulled] = [parseManifest(manifest), parseSource(source)];
  if (!parsed.ok || !pulled.ok) return [];
  const { format, extension, fields, max_row_bytes } = parsed.manifest;
  const { observed_at, limits } = pulled.source;
  const at = (text: string, message: string): Problem => ({ file, ...placeOf(manifest, text), message });
  const lands = format === 'jsonl' && extension === '.jsonl';
  const hasField = observed_at === undefined || fields.some(({ from }) => from === observed_at);
  return [
    ...(lands ? [] : [at('"extension"', 'schema.extension: is not .jsonl, in which pulls land')]),
    ...(hasField
      ? []
      : [at('"fields"', `schema.fields: lacks ${observed_at}, which source.json adds to each record`)]),
    ...(limits.max_record_bytes <= max_row_bytes
      ? []
      : [
          at(
            '"max_row_bytes"',
            `schema.max_row_bytes: is less than limits.max_record_bytes of source.json, ${limits.max_record_bytes}`,
          ),
        ]),
  ];
};

const missingFile = (file: string, what: string): Problem => ({
  file,
  message: `is missing: it says ${what}`,
});

/** Silver tables without rules, and rules without a silver table. */
export const unpairedDatasets = (rules: readonly Rules[], silver: readonly SqlFile[]): Problem[] => [
  ...rules
    .filter(({ dataset }) => !silver.some(({ name }) => name === dataset))
    .map(({ dataset }) => missingFile(`sql/silver/${dataset}.sql`, `how rows of ${dataset} are typed`)),
  ...silver
    .filter(({ name }) => !rules.some(({ dataset }) => dataset === name))
    .map(({ path, name }) => ({ file: path, message: `no folder rules/${name} says what may land there` })),
];

/** A dataset in the form of the catalog. */
export const datasetOf = (
  { settings, sql, columns }: RenderedFile,
  { ruleset, manifest, source }: Rules,
): Dataset => ({
  sql,
  ruleset,
  manifest_sha256: createHash('sha256').update(manifest).digest('hex'),
  descriptions: descriptionsIn(manifest, columns),
  ...sourceIn(source),
  table: {
    key: settings.key,
    order: settings.order ?? settings.key,
    columns: columns.map(({ name, type }) => ({ name, type })),
    ...(settings.partition === undefined ? {} : { partition: settings.partition }),
  },
});

const sourceIn = (text: string | undefined): Pick<Dataset, 'source'> => {
  const parsed = text === undefined ? undefined : parseSource(text);
  return parsed?.ok ? { source: parsed.source } : {};
};

/** The description of a field for each column that is only a cast of that field, in the file or in an array that is exploded. */
const descriptionsIn = (manifest: string, columns: RenderedFile['columns']): Record<string, string> => {
  const json = readManifestJson(Buffer.from(manifest));
  const parsed = ManifestText.safeParse(json.ok ? json.value : undefined);
  if (!parsed.success) return {};
  const { fields } = parsed.data.schema;
  const told = columns.flatMap(({ name, source, itemField }): [string, string][] => {
    const items = Object.keys(fields).filter((field) => field.endsWith(`[].${itemField}`));
    const field = source ?? (items.length === 1 ? items[0] : undefined);
    const description = field !== undefined && Object.hasOwn(fields, field) && fields[field]?.description;
    return description ? [[name, description]] : [];
  });
  return Object.fromEntries(told);
};

/** Problems of a silver file's settings, source and lineage. */
export const silverProblems = ({ file, settings, columns, sources, refs }: RenderedFile): Problem[] => {
  const types = new Map(columns.map(({ name, type }) => [name, type.replace(/\(.*/, '')]));
  const names = [...types.keys()];
  const partition = partitionFields(settings.partition);
  const made = partition.flatMap(({ column }) => column ?? []);
  const named = [...settings.key, ...(settings.order ?? []), ...made];
  const unknown = [...new Set(named)].filter((name) => !types.has(name));
  const lost = Object.entries(lineage).filter(([name, type]) => types.get(name) !== type);
  const isOwnSource =
    sources.length === 1 && sources[0]?.schema === 'landed' && sources[0].table === file.name;
  const inConfig = placeOf(file.source, 'config(');
  const at = (text: string) => {
    const place = placeOf(file.source, text);
    return place.line ? place : inConfig;
  };
  return [
    ...(settings.key.length === 0
      ? [{ ...inConfig, message: 'config: key is missing: the columns that identify a row' }]
      : []),
    ...unknown.map((name) => ({
      ...at(made.includes(name) ? `'${settings.partition}'` : `'${name}'`),
      message: `config: ${name} is not a column of the select${nameHint(name, names)}`,
    })),
    ...partition
      .filter(({ column }) => column === undefined)
      .map(({ text }) => ({
        ...at(`'${settings.partition}'`),
        message: `config: partition: ${text} must be years, months, days, hours, bucket(n, column), truncate(n, column) or a column`,
      })),
    ...lost.map(([name, type]) => ({ ...inConfig, message: `must have the column ${name} of type ${type}` })),
    ...(isOwnSource && refs.length === 0
      ? []
      : [{ ...at("source('"), message: `must read only source('landed', '${file.name}')` }]),
  ].map((problem) => ({ file: file.path, ...problem }));
};
