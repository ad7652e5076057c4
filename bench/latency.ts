import { generateStreams } from '../local/generate/index.ts';
import type { BenchCloud } from './cloud.ts';
import type { Item, LakeClient } from './lake-client.ts';
import { type Catalogue, landCatalogue, untilClosed, untilReadable, untilRecorded } from './landings.ts';
import { median } from './median.ts';
import type { Measurement } from './report.ts';

const rows = 11_346;

/** Epoch milliseconds at which a file reached each stage, in order. */
type Moments = Readonly<Record<string, number>>;

/**
 * Lands one file of real size after another on a warm cloud with a catalogue of real size, each with its own day, and measures
 * the time until that day can be read; the first landing is for warming up and does not count.
 */
export const latency = async ({ lake }: BenchCloud, repeats: number): Promise<Measurement> => {
  const catalogue = await landCatalogue(lake);
  const landings: Moments[] = [];
  for (let landing = 0; landing <= repeats; landing++)
    landings.push(await landOneDay(lake, catalogue, landing));
  return { bench: 'latency', figures: figuresOf(landings.slice(1)) };
};

const landOneDay = async (lake: LakeClient, catalogue: Catalogue, landing: number): Promise<Moments> => {
  const day = new Date(Date.UTC(2024, 6, 1 + landing)).toISOString().slice(0, 10);
  const text = [...generateStreams({ rows, days: 1, firstDay: day, seed: landing, ...catalogue })].join('');
  const file = await lake.land(`data/streams/streams${landing + 1}.csv`, text);
  const totals = await untilReadable(lake, day, 1);
  const readable = Date.now();
  const record = await untilRecorded(lake, file, 'archived_at');
  const rebuild = await untilClosed(lake, String(totals.rebuild));
  return {
    sent: file.sentAt,
    stored: file.storedAt,
    ...momentsOf(record, rebuild),
    readable,
    settled: momentOf(rebuild, 'closed_at'),
  };
};

const momentsOf = (file: Item, rebuild: Item): Moments => ({
  accepted: momentOf(file, 'accepted_at'),
  claimed: momentOf(file, 'claimed_at'),
  published: momentOf(file, 'published_at'),
  rebuild_opened: momentOf(rebuild, 'opened_at'),
  rebuild_sent: momentOf(rebuild, 'sent_at'),
});

const momentOf = (item: Item, name: string): number => {
  const moment = Date.parse(String(item[name]));
  if (Number.isNaN(moment)) throw new Error(`the ledger has no ${name}: ${JSON.stringify(item)}`);
  return moment;
};

const figuresOf = (landings: readonly Moments[]): Record<string, number> => {
  const totals = landings.map(({ sent = Number.NaN, readable = Number.NaN }) => readable - sent);
  const names = Object.keys(landings[0] ?? {});
  const hops = names.slice(1).map((name, index): [string, number] => {
    const before = names[index] ?? name;
    return [
      `${before}_to_${name}_p50_ms`,
      median(landings.map((moments) => Number(moments[name]) - Number(moments[before]))),
    ];
  });
  return {
    landings: landings.length,
    total_p50_ms: median(totals),
    total_least_ms: Math.min(...totals),
    total_most_ms: Math.max(...totals),
    ...Object.fromEntries(hops),
  };
};
