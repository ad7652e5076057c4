import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { smallStreams } from './listens.ts';
import { differences, expected, readable } from './published-kpis.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop();
});
afterAll(() => laptop?.stop());

const waitsFor = (file: FileVersion, reason: RegExp): Promise<void> =>
  vi.waitFor(
    async () =>
      expect(await laptop.ledger.files.find(file)).toMatchObject({
        state: 'landed',
        reason: expect.stringMatching(reason),
      }),
    { timeout: 30_000, interval: 200 },
  );

describe('a file whose manifest comes late', { timeout: 240_000 }, () => {
  test('waits with the reason in the ledger while there is none or a broken one, and flows with a right one', async () => {
    const streams = [1, 2].map((seed) => ({ name: `streams${seed}.csv`, text: smallStreams(seed) }));
    const [first, second] = streams;
    const early = await laptop.land('data/streams/streams1.csv', first?.text ?? '');
    await waitsFor(early, /^waits for data\/streams\/manifest\.json$/);

    await laptop.land('data/streams/manifest.json', '{"schema": ');
    await waitsFor(early, /^data\/streams\/manifest\.json is broken: /);
    const late = await laptop.land('data/streams/streams2.csv', second?.text ?? '');
    await waitsFor(late, /^data\/streams\/manifest\.json is broken: /);
    expect(await laptop.files.list('runs/')).toEqual([]);

    await laptop.landManifest('streams');
    const records = await laptop.atRest([early, late]);
    expect(records.map(({ state, reason }) => [state, reason])).toEqual([
      ['published', undefined],
      ['published', undefined],
    ]);
    expect(differences(readable(await laptop.allKpis()), expected({ streams, tracks: [] }))).toEqual([]);
  });
});
