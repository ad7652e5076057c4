import { validateField } from '../fields/check.ts';
import type { Field, FieldType } from '../fields/field.ts';
import { timestampFormats } from '../fields/time.ts';
import { valueType } from '../fields/type.ts';
import { zonedLengths } from '../fields/zoned.ts';
import type { PatternValidator } from './patterns.ts';
import { pathOf } from './problems.ts';
import type { FieldText } from './schema.ts';

/** Columns of a manifest, with checks that a schema cannot express. */
type Fields = { readonly fields: readonly Field[]; readonly problems: readonly string[] };

/** Columns that the lake adds to every landed row. */
const lineage = new Set(['landed_file', 'landed_version', 'landed_at', 'batch_id', 'unknown_fields']);

/** Reads the columns. */
export const manifestFields = (
  texts: Readonly<Record<string, FieldText>>,
  patternProblem: PatternValidator,
  contradictionsOf: FieldContradictions,
): Fields => {
  const entries = Object.entries(texts);
  const problems = [
    ...(entries.length === 0 ? ['schema.fields: names no field'] : []),
    ...nameProblems(entries.map(([name]) => name)),
    ...sourceProblems(entries.map(([name, { from = name }]) => ({ name, from }))),
  ];
  const fields = entries.map(([name, text]) => {
    const field = readField(name, text);
    problems.push(...fieldProblems(pathOfField(name), text, field, patternProblem, contradictionsOf));
    return field;
  });
  return { fields, problems };
};

const pathOfField = (name: string): string => pathOf(['schema', 'fields', name]);

const nameProblems = (names: readonly string[]): string[] => {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = name.toLowerCase();
    const before = seen.get(folded);
    if (before !== undefined) problems.push(`${pathOfField(name)}: differs from ${before} in case alone`);
    if (lineage.has(folded.split(/[.[]/)[0] ?? ''))
      problems.push(`${pathOfField(name)}: is a column that the lake adds to every row`);
    if (name.trim() !== name)
      problems.push(
        `${pathOfField(name)}: begins or ends with a blank; name it without, and say "from": ${JSON.stringify(name)}`,
      );
    seen.set(folded, name);
  }
  return problems;
};

/** Engines do not tell `ID` from `id`, and who reads a message cannot tell a field from a column of the same name. */
const sourceProblems = (fields: readonly Pick<Field, 'name' | 'from'>[]): string[] => {
  const names = new Map(fields.map(({ name }) => [name.toLowerCase(), name]));
  const taken = new Map<string, string>();
  return fields.flatMap(({ name, from }) => {
    if (from === name) return [];
    const folded = from.toLowerCase();
    const before = taken.get(folded);
    const other = names.get(folded);
    taken.set(folded, before ?? name);
    const problem = (says: string): string[] => [
      `${pathOfField(name)}.from: ${JSON.stringify(from)} ${says}`,
    ];
    if (other !== undefined && other !== name)
      return problem(`is the name of another field; give that field a name of its own, and a "from"`);
    return before === undefined ? [] : problem(`is taken by the field ${before} already`);
  });
};

const readField = (name: string, text: FieldText): Field => ({
  name,
  from: text.from ?? name,
  type_name: text.type,
  type: readType(text),
  required: text.required,
  min: asText(text.min),
  max: asText(text.max),
  min_length: text.length ?? text.min_length,
  max_length: text.length ?? text.max_length,
  pattern: text.pattern,
  one_of: text.one_of?.map(String),
  pii: text.pii,
});

const asText = (bound: string | number | undefined): string | undefined =>
  bound === undefined ? undefined : String(bound);

const readType = ({ type, format }: FieldText): FieldType => {
  if (type === 'timestamp') return { kind: type, format: format ?? 'YYYY-MM-DD HH:mm:ss' };
  if (type === 'date') return { kind: type, format: format ?? 'YYYY-MM-DD' };
  if (type === 'int' || type === 'float' || type === 'bool' || type === 'timestamptz') return { kind: type };
  const [precision, scale] = type.match(/[0-9]+/g) ?? [];
  if (precision === undefined) return { kind: 'string' };
  return { kind: 'decimal', precision: Number(precision), scale: Number(scale) };
};

const fieldProblems = (
  path: string,
  text: FieldText,
  field: Field,
  patternProblem: PatternValidator,
  contradictionsOf: FieldContradictions,
): readonly string[] => {
  const problems = [
    typeProblem(path, text, field),
    ...boundProblems(path, field),
    ...lengthProblems(path, text),
    patternProblem(`${path}.pattern`, field.pattern),
    choiceProblem(path, field),
  ].filter((problem) => problem !== undefined);
  return problems.length > 0 ? problems : contradictionsOf(path, field);
};

const typeProblem = (path: string, { format }: FieldText, { type }: Field): string | undefined => {
  if (type.kind === 'decimal') {
    return type.scale > type.precision
      ? `${path}.type: has more digits after the point than digits`
      : undefined;
  }
  if (format === undefined) return undefined;
  if (type.kind !== 'timestamp' && type.kind !== 'date') {
    const why = type.kind === 'timestamptz' ? '; a timestamptz is written with an offset or Z' : '';
    return `${path}.format: is for fields of type timestamp and date${why}`;
  }
  const isTimestamp = timestampFormats.some((one) => one === format);
  return isTimestamp === (type.kind === 'timestamp')
    ? undefined
    : `${path}.format: is no format of a ${type.kind}`;
};

const boundProblems = (path: string, { type, type_name, min, max }: Field): (string | undefined)[] => {
  const { compare, violation } = valueType(type);
  const problemOf = (key: string, value: string | undefined): string | undefined => {
    if (value === undefined) return undefined;
    if (!compare) return `${path}.${key}: a ${type_name} has no order`;
    return violation(value) === undefined
      ? undefined
      : `${path}.${key}: ${value} is no ${type_name} (${violation(value)})`;
  };
  const problems = [problemOf('min', min), problemOf('max', max)];
  if (problems.some((problem) => problem !== undefined) || min === undefined || max === undefined)
    return problems;
  return compare && compare(min, max) > 0 ? [`${path}.min: is more than max`] : [];
};

const lengthProblems = (path: string, { length, min_length, max_length }: FieldText): readonly string[] => {
  if (length !== undefined && (min_length !== undefined || max_length !== undefined)) {
    return [`${path}.length: says the same as min_length and max_length; keep one`];
  }
  return (min_length ?? 0) > (max_length ?? Infinity) ? [`${path}.min_length: is more than max_length`] : [];
};

const choiceProblem = (path: string, field: Field): string | undefined => {
  const { type, type_name, one_of = [] } = field;
  const { violation } = valueType(type);
  const odd = one_of.find((choice) => choice === '' || violation(choice) !== undefined);
  return odd === undefined ? undefined : `${path}.one_of: ${JSON.stringify(odd)} is no ${type_name}`;
};

/** Most characters of choices that are matched with a pattern, so that the following checks take almost no time. */
const mostMatched = 100_000;

/** Finds values that are allowed and yet rejected by another limit; the field has no other problem. */
export type FieldContradictions = (path: string, field: Field) => readonly string[];

/** Tries every choice of the field. */
export const contradictions: FieldContradictions = (path, field) => {
  const { one_of = [], pattern } = field;
  const isLong = one_of.reduce((length, choice) => length + choice.length, 0) > mostMatched;
  const { violation } = validateField({ ...field, one_of: undefined, pattern: isLong ? undefined : pattern });
  const rejected = one_of
    .map((choice) => ({ choice, says: violation(choice)?.says }))
    .find(({ says }) => says);
  if (rejected)
    return [`${path}.one_of: ${JSON.stringify(rejected.choice)} is never accepted: it ${rejected.says}`];
  return lengthContradictions(path, field);
};

/** Lengths that no value of the type has. */
const lengthContradictions = (
  path: string,
  { type, type_name, min_length, max_length }: Field,
): readonly string[] => {
  const [shortest, longest] = typeLengths(type);
  return [
    ...(min_length !== undefined && min_length > longest
      ? [`${path}.min_length: no ${type_name} has so many characters, the longest has ${longest}`]
      : []),
    ...(max_length !== undefined && max_length < shortest
      ? [`${path}.max_length: no ${type_name} has so few characters, the shortest has ${shortest}`]
      : []),
  ];
};

const typeLengths = (type: FieldType): readonly [shortest: number, longest: number] => {
  if (type.kind === 'int') return [1, 20];
  if (type.kind === 'bool') return [4, 5];
  if (type.kind === 'decimal') return [1, type.precision + 3];
  if (type.kind === 'timestamptz') return zonedLengths;
  if (type.kind !== 'date' && type.kind !== 'timestamp') return [1, Infinity];
  const fraction = '[.ffffff]';
  const least = type.format.replace(fraction, '').length;
  return [least, type.format.includes(fraction) ? least + 7 : least];
};
