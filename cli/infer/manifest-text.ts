import { basename } from 'node:path';
import { landingPrefix, quarantineFolder } from '../../functions/pipeline/index.ts';
import { fileNames } from './file-names.ts';
import type { InferredColumn, InferredTable } from './inferred.ts';

const widest = 110;

/** The text of a dataset's `manifest.json`; `share` is the largest share of a file's rows that may be quarantined. */
export const manifestText = (table: InferredTable, quarantinedShare: number): string => {
  const { dataset, format, key, columns } = table;
  const { extension, pattern } = fileNames(table.paths);
  const schema = {
    extension,
    ...(format !== usualFormat(extension) && { format }),
    name_pattern: pattern,
    ...columnsText(table),
    ...(table.beyond.length > 0 && { unknown_fields: 'ignore' }),
    ...(key.kind !== 'none' && { key: key.columns.map((name) => fieldOfColumn(columns, name)) }),
    ...(key.kind === 'event' && { on_duplicate: 'first' }),
    fields: Object.fromEntries(columns.map((column) => [column.field, fieldText(column)])),
    validation: {
      on_error: 'quarantine_rows',
      max_bad_share: quarantinedShare,
      quarantine_path: quarantineFolder,
    },
  };
  const manifest = {
    $schema: '../manifest.schema.json',
    name: 'manifest.json',
    version: '1.0',
    directory: landingPrefix(dataset),
    purpose: `Guessed from ${named(table.paths)}; say here what these files are for.`,
    schema,
  };
  return `${printed(manifest, '')}\n`;
};

const usualFormat = (extension: string): InferredTable['format'] => {
  if (/^\.(jsonl|ndjson)$/.test(extension)) return 'jsonl';
  return extension === '.json' ? 'json' : extension === '.parquet' ? 'parquet' : 'csv';
};

const columnsText = ({ format, dialect, isRagged }: InferredTable) => ({
  ...(dialect && dialect.delimiter !== ',' && { delimiter: dialect.delimiter }),
  ...(dialect && dialect.quote !== '"' && { quote: dialect.quote }),
  ...((format === 'csv' || isRagged) && { fields_required: !isRagged }),
});

const named = (paths: readonly string[]): string => {
  const [first = '', ...others] = paths.map((path) => basename(path));
  return others.length === 0 ? first : `${first} and ${others.length} more`;
};

const fieldOfColumn = (columns: readonly InferredColumn[], name: string): string =>
  columns.find((column) => column.name === name)?.field ?? name;

const fieldText = ({ name, field, type, required, limits, personal }: InferredColumn) => {
  const guesses = [
    ...(personal === undefined ? [] : [`looks like ${personal}`]),
    ...(type.isFlag ? ['a flag, 0 or 1'] : []),
    ...(type.note === undefined ? [] : [type.note]),
  ];
  const said = [
    ...(guesses.length > 0 ? [`guess: ${guesses.join('; ')}`] : []),
    ...(type.reason === undefined ? [] : [type.reason]),
  ];
  return {
    ...(name !== field && { from: name }),
    type: type.type,
    ...(required && { required }),
    ...(type.format !== undefined && { format: type.format }),
    ...limits,
    ...(personal !== undefined && { pii: true }),
    ...(said.length > 0 && { description: said.join('; ') }),
  };
};

/** A value without objects is written on one line if it fits, as in the project's other manifests. */
const printed = (value: unknown, indent: string, label = ''): string => {
  const flat = flatText(value);
  const isLeaf = typeof value !== 'object' || value === null;
  const isFlat = isLeaf || (!hasObjects(value) && indent.length >= 4 && !label.startsWith('"validation"'));
  if (isLeaf || (isFlat && indent.length + columnsOf(label + flat) + 1 <= widest)) return label + flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = Object.entries(value).map(
    ([name, part]) => inner + printed(part, inner, Array.isArray(value) ? '' : `${JSON.stringify(name)}: `),
  );
  return `${label}${open}\n${lines.join(',\n')}\n${indent}${close}`;
};

const hasObjects = (value: object): boolean =>
  Object.values(value).some((part) => typeof part === 'object' && part !== null && !Array.isArray(part));

const flatText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flatText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}: ${flatText(part)}`);
  return `{ ${parts.join(', ')} }`;
};

/** Largest width in columns of a text: characters outside Latin, Greek and Cyrillic may take two. */
const columnsOf = (text: string): number => text.length + (text.match(/[^\u0020-\u052f]/gu)?.length ?? 0);
