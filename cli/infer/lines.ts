import { basename } from 'node:path';
import { styleText } from 'node:util';
import { isTimestamp } from './column-type.ts';
import type { InferredDataset, ValidatedSample } from './dataset.ts';
import type { InferredColumn, InferredKey, InferredTable } from './inferred.ts';

const violationsShown = 5;
const unnamedShown = 20;
/** With fewer values, guesses are weak. */
const few = 20;

const whole = (number: number): string => number.toLocaleString('en-US');
const counted = (number: number, noun: string): string =>
  `${whole(number)} ${noun}${number === 1 ? '' : 's'}`;

/** What was learned of a dataset, as text: columns, key, verdicts, and what to look at first. */
export const datasetLines = ({ table, samples }: InferredDataset): string[] => [
  headline(table),
  '',
  ...columnLines(table.columns),
  '',
  ...section('key', [keyLine(table.key)]),
  ...section('validated by this manifest', samples.flatMap(sampleLines)),
  ...section('look at these first', doubts(table)),
];

const headline = ({ dataset, paths, rows, columns, format, dialect }: InferredTable): string => {
  const sources = paths.length > 3 ? `${paths.length} files` : paths.map((path) => basename(path)).join(', ');
  const written = dialect
    ? `delimiter ${dialect.delimiter === '\t' ? 'tab' : JSON.stringify(dialect.delimiter)}`
    : format;
  return `${styleText('bold', dataset)} from ${sources}: ${counted(rows, 'row')}, ${counted(columns.length, 'column')}, ${written}`;
};

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [styleText('bold', title), ...lines.map((line) => `  ${line}`), ''];

const columnLines = (columns: readonly InferredColumn[]): string[] => {
  const rows = columns.map((column) => [
    shownName(column),
    column.type.type,
    column.required ? 'required' : '',
    column.confidence,
    seen(column),
  ]);
  const head = ['column', 'type', '', 'sure', 'seen'];
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd();
  return [styleText('bold', line(head)), ...rows.map(line)];
};

/** The name in the file, and the name in the manifest if it differs. */
const shownName = ({ name, field }: InferredColumn): string =>
  name === field ? name : `${field} from ${JSON.stringify(name)}`;

/** A summary of the values; none for personal data. */
const seen = (column: InferredColumn): string => {
  const { profile, personal, required } = column;
  const { values, empty, isUnique } = profile;
  if (values === 0) return 'no values';
  return [
    ...rangeOf(column),
    ...(required && isUnique && values >= few ? ['unique'] : []),
    ...(empty > 0 ? [`${share(empty, values + empty)} empty`] : []),
    ...(personal === undefined ? [] : [`guess: ${personal}`]),
  ].join(', ');
};

const share = (part: number, all: number): string => {
  const percent = (part / all) * 100;
  return percent < 1 ? 'under 1 %' : percent > 99 ? 'over 99 %' : `${Math.round(percent)} %`;
};

const rangeOf = ({ type, profile, personal }: InferredColumn): string[] => {
  const { shortest, longest, counts, least, greatest, earliest, latest } = profile;
  const lengths =
    shortest === longest ? counted(longest, 'character') : `${shortest} to ${longest} characters`;
  if (personal !== undefined) return type.type === 'string' ? [lengths] : [];
  if (type.type === 'date' || isTimestamp(type)) return [span(earliest, latest)];
  const listed = [...(counts?.keys() ?? [])].sort().map(shown);
  if (type.isFlag || type.type === 'bool') return [listed.join(', ')];
  if (type.type !== 'string') return [span(least, greatest)];
  const list = listed.join(', ');
  return [listed.length > 0 && listed.length <= 8 && list.length <= 60 ? list : lengths];
};

/** In quotes if it would be read as two texts or be invisible. */
const shown = (text: string): string => (/^[^\s,]([^,]*[^\s,])?$/.test(text) ? text : JSON.stringify(text));

const span = (from: string | number, to: string | number): string =>
  from === to ? `${from}` : `${from} to ${to}`;

const keyLine = ({ columns, kind }: InferredKey): string => {
  const names = columns.join(', ');
  if (kind === 'none') return `none found; the silver SQL uses ${names} until you set one`;
  if (kind === 'event') return `${names} (unique in the samples; of duplicates the first is kept)`;
  return `${names} (unique in the samples)`;
};

const sampleLines = ({ path, validation }: ValidatedSample): string[] => {
  const name = basename(path);
  if (validation.verdict === 'ignored') return [`${name} would be ignored: ${validation.reason}`];
  if (validation.verdict === 'rejected')
    return [
      styleText('red', `${name} would be rejected, ${counted(validation.total, 'violation')}`),
      ...violationLines(validation.violations),
    ];
  const { facts, quarantined } = validation;
  if (!quarantined) return [styleText('green', `${name} is accepted, ${counted(facts.records, 'row')}`)];
  return [
    styleText(
      'yellow',
      `${name} is accepted, ${whole(quarantined.rows)} of ${counted(facts.records, 'row')} would be quarantined`,
    ),
    ...violationLines(quarantined.violations),
  ];
};

const violationLines = (violations: readonly { readonly message: string }[]): string[] => [
  ...violations.slice(0, violationsShown).map(({ message }) => `  ${message}`),
  ...(violations.length > violationsShown ? ['  …'] : []),
];

/** Points where a person knows better than a guess. */
export const doubts = ({ columns, key, rows, beyond }: InferredTable): string[] => {
  const personal = columns.filter((column) => column.personal !== undefined).map(({ name }) => name);
  const missing = columns.filter(({ silver }) => !silver).map(({ name }) => name);
  return [
    ...(rows < few ? [`all guesses are weak: the samples have only ${counted(rows, 'row')}`] : []),
    ...columns.flatMap(({ name, type }) => (type.note === undefined ? [] : [`${name} ${type.note}`])),
    ...(key.kind === 'none' ? ['no columns are a unique key: set key in the manifest if there are any'] : []),
    ...said('marked as personal data (pii), a guess', personal),
    ...said('not in the silver table; read arrays with the macros explode and element', missing),
    ...beyond.slice(0, unnamedShown).map(({ name, why }) => `no field can hold ${name}: it ${why}`),
    ...(beyond.length > unnamedShown ? [`no field can hold ${beyond.length - unnamedShown} more`] : []),
  ];
};

const said = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
