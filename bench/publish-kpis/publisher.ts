import { dynamoKpis } from '../../functions/adapters/dynamo-kpis.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { type Kpis, openUnloaded, publishKpis } from '../../functions/pipeline/index.ts';
import { peakMemory } from '../memory.ts';
import { spec } from './spec.ts';

/** What publishing in a process of its own needed; the memory is that of the whole process. */
export type Publishing = {
  readonly items: number;
  readonly ms: number;
  readonly continuations: number;
  readonly peak_mb: number;
};

/** A table that takes everything at once, to see what the function itself needs. */
const nowhere: Kpis = {
  get: async () => undefined,
  query: async () => [],
  put: async () => true,
  putIfNewer: async () => true,
  remove: async () => true,
  removeIfOlder: async () => {},
};

const [table = '', seconds = '', sequence = '1'] = process.argv.slice(2);
const [clock, files] = [{ now: () => new Date().toISOString() }, s3Files(process.env.LAKE_BUCKET ?? '')];
const kpis = table === 'nowhere' ? nowhere : dynamoKpis(process.env.KPI_TABLE ?? '');

/** Publishes for so many seconds; then a new try goes on where the last one was. */
const main = async (): Promise<Publishing> => {
  const startedAt = performance.now();
  let from = { phase: 0, rows: 0, items: 0, is_sure: true };
  for (let continuations = 0; ; continuations++) {
    const begunAt = performance.now();
    const published = await publishKpis(
      { kpis, clock },
      {
        spec: { ...spec, seq: Number(sequence) },
        unloaded: await openUnloaded(files, spec),
        before: [],
        from,
        reached: async (done) => {
          from = done;
          return true;
        },
        isTimeUp: () => performance.now() - begunAt > Number(seconds) * 1_000,
      },
    );
    if (!published) continue;
    const ms = performance.now() - startedAt;
    return { items: published.items, ms, continuations, peak_mb: await peakMemory(process.pid) };
  }
};

console.log(JSON.stringify(await main()));
