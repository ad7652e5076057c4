import type { Item, LakeClient } from '../../bench/lake-client.ts';

/** A lake in memory whose every file is published a few milliseconds after it landed, `filesPerBatch` to a batch. */
export const fakeLake = (filesPerBatch: number): LakeClient => {
  const records = new Map<string, Item>();
  const listens = new Map<string, Set<string>>();
  let landed = 0;
  return {
    land: async (key, body) => {
      const now = Date.now();
      const text = await textOf(body);
      const isStreams = key.startsWith('data/streams/streams');
      if (isStreams) countListens(listens, text);
      records.set(
        key,
        fileRecord(isStreams ? `streams-${Math.floor(landed++ / filesPerBatch)}` : 'other', now),
      );
      return { key, version: '1', sentAt: now, storedAt: now + 1 };
    },
    file: async ({ key }) => records.get(key),
    record: async (pk) => ({ pk, ...at(Date.now(), ['opened_at', 'sent_at', 'closed_at']) }),
    kpis: async () => [],
    day: async (day) => {
      const ofDay = listens.get(day);
      return ofDay && { listens: ofDay.size, rebuild: 'listening-1' };
    },
    close: () => undefined,
  };
};

const fileRecord = (batch: string, now: number): Item => ({
  state: 'published',
  batch_id: batch,
  ...at(now, ['accepted_at', 'claimed_at', 'published_at', 'archived_at']),
});

const at = (now: number, names: readonly string[]): Item =>
  Object.fromEntries(names.map((name, index) => [name, new Date(now + 10 * (index + 1)).toISOString()]));

const textOf = async (body: Parameters<LakeClient['land']>[1]): Promise<string> => {
  if (typeof body === 'string') return body;
  return new Response(body as ReadableStream).text();
};

const countListens = (listens: Map<string, Set<string>>, text: string): void => {
  for (const line of text.trimEnd().split('\n').slice(1)) {
    const day = line.slice(-19, -9);
    listens.set(day, (listens.get(day) ?? new Set()).add(line));
  }
};
