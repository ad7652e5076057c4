import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { reportKey } from '../../functions/pipeline/lake-keys.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { rowsOf, smallStreams } from './listens.ts';
import { differences, expected, readable } from './published-kpis.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop();
});
afterAll(() => laptop?.stop());

const bad = 17;

/** The manifest accepts any text as track; the ruleset wants 22 characters. */
const withShortTracks = (text: string): string =>
  text.replace(/^(\d+),\w{22},(.*:0\d)$/gm, (_, user: string, time: string) => `${user},short,${time}`);

const good = Array.from({ length: 50 }, (_, index) => ({
  name: `streams${index}.csv`,
  text: smallStreams(index + 1),
}));
const files = good.map((file, index) =>
  index === bad ? { ...file, text: withShortTracks(file.text) } : file,
);

describe('one bad file among fifty', { timeout: 240_000 }, () => {
  test('goes to quarantine with its rule, the others are published in the same batch', async () => {
    const landed = await Promise.all(
      files.map(({ name, text }) => laptop.land(`data/streams/${name}`, text)),
    );
    await vi.waitFor(
      async () => {
        const waiting = await laptop.ledger.files.waiting('streams');
        expect(waiting.filter(({ reason }) => reason?.startsWith('waits for'))).toHaveLength(50);
      },
      { timeout: 30_000, interval: 200 },
    );
    await laptop.landManifest('streams');

    const records = await laptop.atRest(landed);
    const [rejected] = records.splice(bad, 1);
    expect(new Set(records.map(({ state }) => state))).toEqual(new Set(['published']));
    expect(new Set([...records, rejected].map((record) => record?.batch_id)).size).toBe(1);
    expect(rejected).toMatchObject({ state: 'quarantined', reason: 'ColumnLength "track_id" = 22' });

    const report = JSON.parse((await laptop.files.readText(rejected ? reportKey(rejected) : '')) ?? '');
    const broken = rowsOf(files[bad]?.text ?? '').filter((row) => row.includes(',short,'));
    expect(report).toMatchObject({
      file: `data/streams/streams${bad}.csv`,
      verdict: 'rejected',
      records: 30,
      batch: rejected?.batch_id,
      violations: [{ rule: 'ColumnLength "track_id" = 22', metric: expect.stringMatching(/\d/) }],
    });
    const [{ examples }] = report.violations;
    expect(examples.length).toBe(Math.min(5, broken.length));
    for (const { user_id, track_id, listen_time } of examples)
      expect(broken).toContain(`${user_id},${track_id},${listen_time.slice(0, 19)}`);
    expect(await laptop.files.readText(rejected?.stored_as ?? '')).toBe(files[bad]?.text);

    const streams = files.filter((_, index) => index !== bad);
    expect(differences(readable(await laptop.allKpis()), expected({ streams, tracks: [] }))).toEqual([]);
  });
});
