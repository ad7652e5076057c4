import type { ShapedItem } from './items.ts';
import { kpiVersion } from './items.ts';
import { kpiProblem } from './limits.ts';
import { hashOf, KeyHashes } from './repeated-keys.ts';

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

/** What a publication leaves out: their number, and the first of them. */
export type LeftOutList = { readonly total: number; readonly first: readonly LeftOut[] };

/**
 * Decides which items of a publication are written. All items are shown to it before anything is written: once to `look`; then,
 * while `needs` says so, all of them again to `compare` and to `settle`. If several rows have the same key, none of them is
 * written, because nobody can tell which is right. A day changes as a whole: if its pointer cannot be written, its items are
 * not written either. It holds 8 bytes for each item, and the keys of items that repeat.
 */
export class Screening {
  private readonly keys = new KeyHashes();
  private readonly claims = new Map<string, number>();
  private readonly stuck = new Set<string>();
  private readonly missing = new Map<string, number>();
  private readonly first: LeftOut[] = [];
  private suspects: ReadonlySet<number> = new Set();
  private total = 0;
  private isClean = true;

  look(one: ShapedItem): void {
    this.keys.add(one.item);
    this.isClean &&= kpiProblem(one.item) === undefined;
  }

  /** After all were looked at: what has to see all items again. */
  needs(): readonly ('compare' | 'settle')[] {
    this.suspects = this.keys.repeated();
    if (this.suspects.size === 0) return this.isClean ? [] : ['settle'];
    this.isClean = false;
    return ['compare', 'settle'];
  }

  compare({ item }: ShapedItem): void {
    if (!this.suspects.has(hashOf(item.pk, item.sk))) return;
    const id = idOf(item);
    this.claims.set(id, (this.claims.get(id) ?? 0) + 1);
  }

  settle(one: ShapedItem): void {
    const reason = this.reasonOf(one);
    if (reason === undefined) return;
    this.note(leftOutOf(one, reason));
    if (isPointer(one)) this.stuck.add(versionKey(one));
    if (isVersioned(one)) this.missing.set(one.item.pk, (this.missing.get(one.item.pk) ?? 0) + 1);
  }

  /** Adds what is left out for another reason. */
  note(leftOut: LeftOut): void {
    this.total += 1;
    if (this.first.length < mostReported) this.first.push(leftOut);
  }

  leftOut(): LeftOutList {
    return { total: this.total, first: this.first };
  }

  isRejected(one: ShapedItem): boolean {
    if (this.isClean) return false;
    return this.reasonOf(one) !== undefined || (isVersioned(one) && this.stuck.has(one.item.pk));
  }

  /** A pointer says how many items its day lacks. */
  counted(one: ShapedItem): ShapedItem {
    const count = isPointer(one) ? this.missing.get(versionKey(one)) : undefined;
    return count === undefined ? one : { ...one, item: { ...one.item, [leftOutCount]: count } };
  }

  private reasonOf({ item }: ShapedItem): string | undefined {
    const claims = this.claims.size > 0 ? (this.claims.get(idOf(item)) ?? 1) : 1;
    return claims > 1 ? `${claims} rows have this key` : kpiProblem(item);
  }
}

const isPointer = ({ shape }: ShapedItem): boolean => shape.publish === 'pointer';
const isVersioned = ({ shape }: ShapedItem): boolean => shape.publish === 'versioned';

const idOf = ({ pk, sk }: ShapedItem['item']): string => JSON.stringify([pk, sk]);

/** The partition of the items that a pointer refers to. */
const versionKey = ({ item }: ShapedItem): string => `${item.pk}#${kpiVersion(item.seq)}`;

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

/** What earlier rebuilds left out; an item in the same place settles it. */
export class LeftOutBefore {
  private readonly open: Set<string>;

  constructor(private readonly before: readonly LeftOut[]) {
    this.open = new Set(before.flatMap(({ place }) => (place === '' ? [] : [place])));
  }

  settle(one: ShapedItem): void {
    if (this.open.size > 0) this.open.delete(placeOf(one));
  }

  still(): readonly LeftOut[] {
    return this.before.filter(({ place }) => this.open.has(place));
  }
}

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
export const leftOutReport = (rebuild: string, { total, first }: LeftOutList): string =>
  JSON.stringify({ rebuild, left_out: total, items: first }, null, 2);

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
export const leftOutFacts = ({ total, first }: LeftOutList, report: string): LeftOutFacts =>
  total === 0
    ? {}
    : {
        left_out: total,
        left_out_items: first.slice(0, mostRecorded).map(sentence),
        left_out_report: report,
      };

const sentence = ({ model, pk, sk, reason }: LeftOut): string =>
  `${pk === '' && sk === '' ? model : `${pk} ${sk} of ${model}`}: ${reason}`;
