import { parquetTypeName, type SchemaElement } from '../../functions/validation/index.ts';
import type { ColumnLimits } from './column-limits.ts';
import { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';
import type { ParquetSample } from './parquet-samples.ts';
import { chooseParquetType, parquetLimits } from './parquet-type.ts';
import type { PathProfile, RecordProfile } from './record-profile.ts';
import type { Unnamed } from './unnamed.ts';

/** A column over all of the files, and its type. */
export type TypedColumn = {
  readonly profile: ColumnProfile;
  /** Undefined where no file has a row with it. */
  readonly found: PathProfile | undefined;
  readonly type: ColumnType;
  /** Some file lacks it. */
  readonly isRagged: boolean;
  /** Of what Parquet itself bounds; undefined where values are to tell. */
  readonly limits: ColumnLimits | undefined;
};

/** What values of columns are that no field can have, by path: how many, and words that follow the value. */
export type OddValues = ReadonlyMap<string, { readonly count: number; readonly says: string }>;

/** More values than so are no mistakes of a few. */
const usualShare = 0.05;

/** Types for columns of these paths, and those that no type takes, with the reason. */
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
  `is ${[...new Set(elements.map(parquetTypeName))].join(' in one file and ')} in another; no type takes both`;

/** Why nearly every row would be quarantined for a column's values; undefined where hardly any would. */
const valuesWhy = (
  profile: ColumnProfile,
  { type }: ColumnType,
  odd: { readonly count: number; readonly says: string } | undefined,
): string | undefined => {
  const isMany = (count: number): boolean => count > profile.values * usualShare;
  if (odd && isMany(odd.count))
    return `has ${odd.count} values of ${profile.values} of which each ${odd.says}`;
  if (type !== 'date' && type !== 'timestamp') return undefined;
  const violations = profile.values - profile.of(type);
  const finest = type === 'date' ? '' : ' or has parts finer than a microsecond';
  return isMany(violations)
    ? `has ${violations} values of ${profile.values} of which each lies outside of the years 1 to 9999${finest}`
    : undefined;
};
