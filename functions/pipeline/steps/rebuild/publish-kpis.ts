import pLimit from 'p-limit';
import {
  type KpiItem,
  kpiVersion,
  type LeftOut,
  LeftOutBefore,
  type LeftOutList,
  possibleKeys,
  type RebuildSpec,
  Screening,
  type ShapedItem,
  shapeItems,
} from '../../../warehouse/index.ts';
import type { Clock, Kpis } from '../../ports.ts';
import type { Part, Unloaded } from '../../queries/unloaded-rows.ts';
import type { PublishedSoFar } from '../../records/rebuild.ts';
import { removeCutOff } from './remove-cut-off.ts';

/** Publishes a rebuild's KPI items so that a reader sees either a key's old version or all of the new one. */

type Ports = { kpis: Kpis; clock: Clock };
type Item = ShapedItem['item'];
type Publish = ShapedItem['shape']['publish'];

/** How long a reader may still use an old version after the pointer has moved, in seconds: a few calls take far less. */
const grace = 3_600;

/** What is published, and how far earlier tries got. */
export type Publication = {
  readonly spec: Pick<RebuildSpec, 'rebuild' | 'seq' | 'as_of' | 'generation' | 'unshown' | 'kpis'>;
  readonly unloaded: Unloaded;
  /** What earlier rebuilds left out. */
  readonly before: readonly LeftOut[];
  readonly from: PublishedSoFar;
  /** Told of each part that is written and confirmed; false if another process has taken over. */
  readonly reached: (done: PublishedSoFar) => Promise<boolean>;
  /** True if there is no time for more. */
  readonly isTimeUp: () => boolean;
};

/** How many items were written, whether late requests can exist, and what was left out, now or by earlier rebuilds. */
export type Published = PublishedSoFar & { readonly leftOut: LeftOutList };

/** Parts that are written at the same time. */
const mostAtOnce = 2;

/**
 * Writes all items of a rebuild, phase after phase: versions are noted, then written, then pointed to; then series and latest. It
 * may be repeated or continued from where it was; if it is late, newer sequences win. Items that the table would reject are left
 * out, and no older value stays in their place; only a day whose pointer is left out keeps its earlier version. Undefined if it
 * stops before the end; then nothing that it has sent is still on its way.
 */
export const publishKpis = async (ports: Ports, publication: Publication): Promise<Published | undefined> => {
  const { from } = publication;
  const { screening, leftOut } = await screen(publication);
  let done = from;
  for (const [at, phase] of phases.entries()) {
    if (at < done.phase) continue;
    const ended = await publishPhase(ports, publication, screening, phase, done);
    if (!ended) return undefined;
    done = { ...ended, phase: at + 1, rows: 0 };
  }
  return { ...done, leftOut };
};

/** Reads all items once, and again if some of them cannot be written. */
const screen = async (
  publication: Publication,
): Promise<{ readonly screening: Screening; readonly leftOut: LeftOutList }> => {
  const { unloaded } = publication;
  const screening = new Screening();
  const before = new LeftOutBefore(publication.before);
  for await (const one of allItems(publication)) {
    screening.look(one);
    before.settle(one);
  }
  for await (const line of unloaded.broken()) screening.note(line);
  for (const step of screening.needs()) for await (const one of allItems(publication)) screening[step](one);
  for (const one of before.still()) screening.note(one);
  return { screening, leftOut: screening.leftOut() };
};

async function* allItems({ spec, unloaded }: Publication): AsyncGenerator<ShapedItem> {
  for (const kpi of spec.kpis)
    if (kpi.shapes.length > 0)
      for await (const { rows } of unloaded.parts(kpi.model)) yield* itemsIn(spec, kpi, rows);
}

const itemsIn = (
  spec: Publication['spec'],
  { model, shapes }: RebuildSpec['kpis'][number],
  rows: Part['rows'],
): ShapedItem[] => shapes.flatMap((shape) => shapeItems(rows, model, shape, spec));

/** The items of a part that are written, and the others. */
type Screened = { readonly kept: readonly ShapedItem[]; readonly rejected: readonly ShapedItem[] };

type Phase = {
  readonly of: Publish;
  /** Its items are the result: another phase only prepares them. */
  readonly counts: boolean;
  /** False if a request was sent twice. */
  readonly write: (
    ports: Ports,
    items: Screened,
    spec: Publication['spec'],
    rows: Part['rows'],
  ) => Promise<boolean>;
};

const phases: readonly Phase[] = [
  {
    of: 'pointer',
    counts: false,
    write: async ({ kpis }, { kept }) => {
      await kpis.put(possibleKeys(itemsOf(kept).map(noteOf)));
      return true;
    },
  },
  {
    of: 'versioned',
    counts: true,
    write: async ({ kpis }, { kept }) => {
      await kpis.put(itemsOf(kept).map(({ seq, ...item }) => item));
      return true;
    },
  },
  {
    of: 'pointer',
    counts: true,
    write: async (ports, { kept }) => {
      await each(itemsOf(kept), (pointer) => movePointer(ports, pointer));
      return true;
    },
  },
  {
    of: 'series',
    counts: true,
    write: async ({ kpis }, { kept, rejected }) => {
      await each(itemsOf(kept), (item) => kpis.putIfNewer(item));
      await each(possibleKeys(itemsOf(rejected)), (item) => kpis.removeIfOlder(item));
      return true;
    },
  },
  { of: 'latest', counts: true, write: (...given) => publishLatest(...given) },
];

/** Writes the parts of a phase that are not written yet; undefined if it stops. */
const publishPhase = async (
  ports: Ports,
  publication: Publication,
  screening: Screening,
  phase: Phase,
  from: PublishedSoFar,
): Promise<PublishedSoFar | undefined> => {
  const writes = new Writes(from, publication.reached);
  try {
    for await (const { kpi, rows, end } of partsOf(publication, phase)) {
      if (end <= from.rows) continue;
      if (publication.isTimeUp()) {
        await writes.confirm(0);
        return undefined;
      }
      const { spec } = publication;
      const screened = screenedBy(screening, itemsIn(spec, kpi, rows));
      const written = phase.write(ports, screened, { ...spec, kpis: [kpi] }, rows);
      writes.add(end, phase.counts ? screened.kept.length : 0, written);
      if (!(await writes.confirm(mostAtOnce - 1))) return undefined;
    }
    return (await writes.confirm(0)) ? writes.done : undefined;
  } finally {
    await writes.settle();
  }
};

/** Parts that are being written, confirmed in their order. */
class Writes {
  private readonly parts: {
    readonly end: number;
    readonly items: number;
    readonly written: Promise<boolean>;
  }[] = [];

  constructor(
    public done: PublishedSoFar,
    private readonly reached: Publication['reached'],
  ) {}

  add(end: number, items: number, written: Promise<boolean>): void {
    this.parts.push({ end, items, written });
    // It is awaited later; a failure must not become an unhandled rejection.
    written.catch(() => {});
  }

  /** Waits until at most so many are left; false if there is no need to go on. */
  async confirm(most: number): Promise<boolean> {
    while (this.parts.length > most) {
      const [part] = this.parts;
      if (!part) return true;
      const isSure = await part.written;
      this.parts.shift();
      const { items, is_sure } = this.done;
      this.done = { ...this.done, rows: part.end, items: items + part.items, is_sure: is_sure && isSure };
      if (!(await this.reached(this.done))) return false;
    }
    return true;
  }

  /** Waits for all, however they end. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.parts.map(({ written }) => written));
  }
}

/** Parts of all models that have items of a phase; `end` counts the rows of all of them. */
async function* partsOf(
  { spec, unloaded }: Publication,
  { of }: Phase,
): AsyncGenerator<Part & { readonly kpi: RebuildSpec['kpis'][number] }> {
  let before = 0;
  for (const kpi of spec.kpis) {
    const shapes = kpi.shapes.filter(({ publish }) => publish === of);
    let end = 0;
    if (shapes.length > 0)
      for await (const part of unloaded.parts(kpi.model)) {
        end = part.end;
        yield { ...part, kpi: { ...kpi, shapes }, end: before + end };
      }
    before += end;
  }
}

const screenedBy = (screening: Screening, all: readonly ShapedItem[]): Screened => {
  const rejected = new Set(all.filter((one) => screening.isRejected(one)));
  const kept = all.filter((one) => !rejected.has(one)).map((one) => screening.counted(one));
  return { kept, rejected: [...rejected] };
};

const itemsOf = (shaped: readonly ShapedItem[]): Item[] => shaped.map(({ item }) => item);

const each = (items: readonly Item[], write: (item: Item) => Promise<unknown>): Promise<unknown> =>
  pLimit(16).map([...items], write);

/** Recorded before its items are written, so that an interrupted publication can be found. */
const noteOf = ({ pk, seq }: Item): KpiItem => ({ pk, sk: `VERSION#${kpiVersion(seq)}`, seq });

/** Items that the pointer no longer uses get their expiry only after it has moved. */
const movePointer = async ({ kpis, clock }: Ports, pointer: Item): Promise<void> => {
  await kpis.putIfNewer(pointer);
  const current = await kpis.get(pointer.pk, pointer.sk);
  const expires = Math.floor(Date.parse(clock.now()) / 1000) + grace;
  for (const note of await kpis.query(pointer.pk)) {
    if (!note.sk.startsWith('VERSION#') || note.expires !== undefined) continue;
    if (Number(note.seq) >= Number(current?.seq)) continue;
    const left = await kpis.query(`${pointer.pk}#${note.sk.slice('VERSION#'.length)}`);
    await kpis.put([...left, note].map((item) => ({ ...item, expires })));
  }
};

/**
 * New items are put, most of them in place of those before, and confirmed; then those of older generations are deleted. A
 * left-out item has no value, so its earlier value is removed.
 */
const publishLatest: Phase['write'] = async ({ kpis }, { kept, rejected }, spec, rows) => {
  const isPut = await kpis.put(itemsOf(kept));
  const older = kept.flatMap(({ before, item }) => (before && before.sk < item.sk ? [before] : []));
  const valueless = possibleKeys(rejected.flatMap(({ before }) => before ?? []));
  const isRemoved = await kpis.remove([...older, ...valueless]);
  await removeCutOff(kpis, spec, rows);
  return isPut && isRemoved;
};
