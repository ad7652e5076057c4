import type { ShapedItem } from './items.ts';
import { kpiVersion } from './items.ts';
import { kpiProblem } from './limits.ts';

/**
 * Separates the items that the KPI table accepts from those that it never accepts, so that one KPI that cannot be written does
 * not block the others.
 */

/** A KPI that is not written: its key, if known, and why. */
export type LeftOut = {
  readonly model: string;
  readonly pk: string;
  readonly sk: string;
  readonly reason: string;
  /** The item's place in the table in every version: a rebuild that writes it again settles it. Empty if not known. */
  readonly place: string;
};

/** The attribute of a day's pointer with the number of the day's left-out items. */
const leftOutCount = 'left_out';

/** The items of a publication that are written, and those that are not. */
export type SeparatedItems = {
  readonly kept: readonly ShapedItem[];
  readonly rejected: readonly ShapedItem[];
  /** The reason for each rejected item, in order; items that only depend on a rejected pointer have none. */
  readonly leftOut: readonly LeftOut[];
};

/**
 * Separates the items of a publication. If several rows have the same key, none of them is written, because nobody can tell
 * which is right. A day changes as a whole: if its pointer cannot be written, its items are not written either.
 */
export const separateItems = (shaped: readonly ShapedItem[]): SeparatedItems => {
  const claims = countClaims(shaped);
  const reasons = new Map(
    shaped.flatMap((one) => {
      const reason = duplicateKeyProblem(claims.get(idOf(one)) ?? 1) ?? kpiProblem(one.item);
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

/** The partition of the items that a pointer refers to. */
const versionKey = ({ item }: ShapedItem): string => `${item.pk}#${kpiVersion(item.seq)}`;

/** Duplicate keys, with their number. */
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

const duplicateKeyProblem = (claims: number): string | undefined =>
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

/** A day is written as a whole, a listener's item replaces the earlier one. */
const placeOf = ({ shape, item }: ShapedItem): string => {
  if (shape.publish === 'series') return shortened(`${item.pk} ${item.sk}`);
  return shortened(shape.publish === 'latest' ? item.pk : item.pk.replace(`#${kpiVersion(item.seq)}`, ''));
};

/** What earlier rebuilds left out and this publication does not include. */
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

/** A key, with its length in place of the part that is too long to show. */
const shortened = (key: string): string =>
  key.length <= mostShown
    ? key
    : `${key.slice(0, mostShown).replace(/[\ud800-\udbff]$/, '')}… (${Buffer.byteLength(key).toLocaleString('en-US')} bytes)`;

const [mostReported, mostRecorded] = [1000, 3];

/** Key of the report on what a rebuild left out, next to its unloaded rows. */
export const leftOutKey = (unload: string): string => `${unload}left-out.json`;

/** The report: the number of left-out KPIs, and the first thousand of them. */
export const leftOutReport = (rebuild: string, leftOut: readonly LeftOut[]): string =>
  JSON.stringify({ rebuild, left_out: leftOut.length, items: leftOut.slice(0, mostReported) }, null, 2);

/** The left-out KPIs in a report; none if there is no report. */
export const readLeftOut = (report: string | undefined): readonly LeftOut[] =>
  report === undefined ? [] : (JSON.parse(report) as { items: readonly LeftOut[] }).items;

/** A rebuild's record of left-out KPIs; empty if there are none. */
export type LeftOutFacts = {
  readonly left_out?: number;
  /** The first of them with the reason. */
  readonly left_out_items?: readonly string[];
  /** Key of the list of them in the lake. */
  readonly left_out_report?: string;
};

/** The facts for the rebuild's record: the number, the first of them, and the key of the report. */
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
