import type { ShapedItem } from './items.ts';
import { kpiVersion } from './items.ts';
import { kpiFault } from './limits.ts';

/** Parts what the KPI table takes from what it never takes, so that one KPI that cannot be written holds up no other. */

/** A KPI that is not written: its key, as far as it is known, and why. */
export type LeftOut = {
  readonly model: string;
  readonly pk: string;
  readonly sk: string;
  readonly reason: string;
  /** What of the table it stands for in every version: a rebuild that speaks of it again settles it. Empty where that is not known. */
  readonly place: string;
};

/** The attribute in which a day's pointer says how many of the day's items are left out. */
const leftOutCount = 'left_out';

/** What of a publication is written, and what is not. */
export type Parted = {
  readonly kept: readonly ShapedItem[];
  readonly rejected: readonly ShapedItem[];
  /** Why, for each that is rejected, in their order; what only follows its pointer has no reason of its own. */
  readonly leftOut: readonly LeftOut[];
};

/**
 * Parts the items of a publication. A key that several rows claim goes to none of them, for nobody can tell whose it is.
 * A day changes whole: where its pointer cannot be written, its items are not written either.
 */
export const partItems = (shaped: readonly ShapedItem[]): Parted => {
  const claims = countClaims(shaped);
  const reasons = new Map(
    shaped.flatMap((one) => {
      const reason = repeatFault(claims.get(idOf(one)) ?? 1) ?? kpiFault(one.item);
      return reason === undefined ? [] : [[one, reason] as const];
    }),
  );
  const stuck = new Set([...reasons.keys()].filter(isPointer).map(versionKey));
  const isRejected = (one: ShapedItem): boolean =>
    reasons.has(one) || (isVersioned(one) && stuck.has(one.item.pk));
  const rejected = shaped.filter(isRejected);
  const missing = countBy(rejected.filter(isVersioned).map(({ item }) => item.pk));
  return {
    kept: shaped.filter((one) => !isRejected(one)).map((one) => countedIn(one, missing)),
    rejected,
    leftOut: [...reasons].map(([one, reason]) => leftOutOf(one, reason)),
  };
};

const isPointer = ({ shape }: ShapedItem): boolean => shape.publish === 'pointer';
const isVersioned = ({ shape }: ShapedItem): boolean => shape.publish === 'versioned';

const idOf = ({ item }: ShapedItem): string => JSON.stringify([item.pk, item.sk]);

/** The partition of the items that a pointer leads to. */
const versionKey = ({ item }: ShapedItem): string => `${item.pk}#${kpiVersion(item.seq)}`;

/** Keys that are claimed more than once, with how often. */
const countClaims = (shaped: readonly ShapedItem[]): ReadonlyMap<string, number> => {
  const seen = new Set<string>();
  const repeated = shaped.map(idOf).filter((id) => seen.size === seen.add(id).size);
  return new Map([...countBy(repeated)].map(([id, repeats]) => [id, repeats + 1]));
};

const countBy = (keys: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

const repeatFault = (claims: number): string | undefined =>
  claims > 1 ? `${claims} rows have this key` : undefined;

const countedIn = (one: ShapedItem, missing: ReadonlyMap<string, number>): ShapedItem => {
  const count = isPointer(one) ? missing.get(versionKey(one)) : undefined;
  return count === undefined ? one : { ...one, item: { ...one.item, [leftOutCount]: count } };
};

const leftOutOf = (one: ShapedItem, reason: string): LeftOut => {
  const { model, shape, item } = one;
  const isLast = shape.publish === 'pointer';
  return {
    model,
    pk: shortened(item.pk),
    sk: shortened(item.sk),
    reason: isLast ? `${reason}; the version before it keeps serving` : reason,
    place: placeOf(one),
  };
};

/** A day is written whole, a listener's item takes the place of the one before. */
const placeOf = ({ shape, item }: ShapedItem): string => {
  if (shape.publish === 'series') return shortened(`${item.pk} ${item.sk}`);
  return shortened(shape.publish === 'latest' ? item.pk : item.pk.replace(`#${kpiVersion(item.seq)}`, ''));
};

/** What earlier rebuilds left out and this publication does not speak of. */
export const stillLeftOut = (
  before: readonly LeftOut[],
  shaped: readonly ShapedItem[],
): readonly LeftOut[] => {
  if (before.length === 0) return before;
  const open = new Set(before.flatMap(({ place }) => (place === '' ? [] : [place])));
  for (const one of shaped) open.delete(placeOf(one));
  return before.filter(({ place }) => open.has(place));
};

const mostShown = 200;

/** A key with its length in place of what is too long to show. */
const shortened = (key: string): string =>
  key.length <= mostShown
    ? key
    : `${key.slice(0, mostShown).replace(/[\ud800-\udbff]$/, '')}… (${Buffer.byteLength(key).toLocaleString('en-US')} bytes)`;

const [mostReported, mostRecorded] = [1000, 3];

/** Where the report of what a rebuild left out lies, beside what it unloaded. */
export const leftOutKey = (unload: string): string => `${unload}left-out.json`;

/** The report: how many KPIs are left out, and the first thousand of them. */
export const leftOutReport = (rebuild: string, leftOut: readonly LeftOut[]): string =>
  JSON.stringify({ rebuild, left_out: leftOut.length, items: leftOut.slice(0, mostReported) }, null, 2);

/** The left-out KPIs that a report lists; none of a report that is not there. */
export const readLeftOut = (report: string | undefined): readonly LeftOut[] =>
  report === undefined ? [] : (JSON.parse(report) as { items: readonly LeftOut[] }).items;

/** What a rebuild's record says of KPIs that are left out; empty when none is. */
export type LeftOutFacts = {
  readonly left_out?: number;
  /** The first of them with the reason. */
  readonly left_out_items?: readonly string[];
  /** Where the list of them lies in the lake. */
  readonly left_out_report?: string;
};

/** What the rebuild's record says of it: how many, the first of them, and where the report lies. */
export const leftOutFacts = (leftOut: readonly LeftOut[], report: string): LeftOutFacts =>
  leftOut.length === 0
    ? {}
    : {
        left_out: leftOut.length,
        left_out_items: leftOut.slice(0, mostRecorded).map(sentence),
        left_out_report: report,
      };

const sentence = ({ model, pk, sk, reason }: LeftOut): string =>
  `${pk === '' && sk === '' ? model : `${pk} ${sk} of ${model}`}: ${reason}`;
