import { parquetTypeName, type SchemaElement } from '../../functions/validation/index.ts';
import type { ColumnLimits } from './column-limits.ts';
import { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';
import type { ParquetSample } from './parquet-samples.ts';
import { chooseParquetType, parquetLimits } from './parquet-type.ts';
import type { PathProfile, RecordProfile } from './record-profile.ts';
import type { Unnamed } from './unnamed.ts';

/** A column over all files, and its type. */
export type TypedColumn = {
  readonly profile: ColumnProfile;
  /** Undefined if no file has a row with it. */
  readonly found: PathProfile | undefined;
  readonly type: ColumnType;
  /** Some file lacks it. */
  readonly isRagged: boolean;
  /** A limit that Parquet's own type sets; undefined if the values decide. */
  readonly limits: ColumnLimits | undefined;
};

/** Values that no field can have, by column path: how many, and text that describes them. */
export type OddValues = ReadonlyMap<string, { readonly count: number; readonly says: string }>;

/** A larger share of such values is more than a few mistakes. */
const usualShare = 0.05;

/** Types for the columns of these paths, and the columns that no type fits, with the reason. */
export const typedColumns = (
  samples: readonly ParquetSample[],
  paths: readonly string[],
  records: RecordProfile,
  odd: OddValues,
): { readonly typed: readonly TypedColumn[]; readonly unnamed: readonly Unnamed[] } => {
  const typed: TypedColumn[] = [];
  const unnamed: Unnamed[] = [];
  const byPath = samples.map(({ columns }) => new Map(columns.map(({ path, element }) => [path, element])));
  for (const path of paths) {
    const elements = byPath.flatMap((columns) => columns.get(path) ?? []);
    const found = records.at(path);
    const profile = found?.profile ?? new ColumnProfile(path);
    const type = chooseParquetType(elements, profile);
    const why = type ? valuesWhy(profile, type, odd.get(path)) : elementsWhy(elements);
    const isRagged = elements.length < samples.length;
    if (type && why === undefined)
      typed.push({ profile, found, type, isRagged, limits: parquetLimits(elements) });
    else unnamed.push({ name: path, why: why ?? '' });
  }
  return { typed, unnamed };
};

const elementsWhy = (elements: readonly SchemaElement[]): string =>
  `is ${[...new Set(elements.map(parquetTypeName))].join(' in one file and ')} in another; no type fits both`;

/** Why nearly all rows would be quarantined because of a column's values; undefined if hardly any would. */
const valuesWhy = (
  profile: ColumnProfile,
  { type }: ColumnType,
  odd: { readonly count: number; readonly says: string } | undefined,
): string | undefined => {
  const isMany = (count: number): boolean => count > profile.values * usualShare;
  if (odd && isMany(odd.count))
    return `has ${odd.count} values of ${profile.values}; each of them ${odd.says}`;
  if (type !== 'date' && type !== 'timestamp') return undefined;
  const violations = profile.values - profile.of(type);
  const finest = type === 'date' ? '' : ' or has parts finer than a microsecond';
  return isMany(violations)
    ? `has ${violations} values of ${profile.values}; each of them lies outside of the years 1 to 9999${finest}`
    : undefined;
};
