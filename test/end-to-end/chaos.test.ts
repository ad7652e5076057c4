import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseChaos } from '../../local/events/chaos.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { rowsOf, smallStreams } from './listens.ts';
import { differences, expected, readable } from './published-kpis.ts';
import { queryWarehouse } from './warehouse.ts';

const chaos = 'dup=0.3,lose=0.05,delay=1s,seed=7';
const streams = Array.from({ length: 10 }, (_, index) => ({
  name: `streams${index}.csv`,
  text: smallStreams(200 + index),
}));
const corrected = { name: 'streams3.csv', text: smallStreams(300, 20) };
const wrong = { name: 'streams77.csv', text: `${smallStreams(400)}x,y,z\n` };

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop({ chaos: parseChaos(chaos), sweepEvery: 2_000 });
});
afterAll(() => laptop?.stop());

const landAll = (files: typeof streams) =>
  Promise.all(files.map(({ name, text }) => laptop.land(`data/streams/${name}`, text)));

describe(`events treated with ${chaos}`, { timeout: 150_000 }, () => {
  test('bring every file to its end and every row to the KPIs once', async () => {
    await laptop.landManifest('streams');
    const first = await laptop.atRest(await landAll([...streams, wrong]), { timeout: 60_000 });
    expect(first.map(({ state }) => state)).toEqual([...streams.map(() => 'published'), 'quarantined']);
    const [again] = await laptop.atRest(await landAll([corrected]), { timeout: 60_000 });
    expect(again).toMatchObject({ state: 'published', number: 2 });

    const lake = { streams: [...streams, corrected], tracks: [] };
    const before = expected({ streams, tracks: [] }).keys();
    const wanted = expected(lake, before);
    expect(differences(readable(await laptop.allKpis()), wanted)).toEqual([]);
    const rows = streams.reduce((sum, { text }) => sum + rowsOf(text).length, 0) - 10;
    expect(await queryWarehouse('select count(*) from silver.streams')).toEqual([[String(rows)]]);
    await pause(1_500);
    expect(differences(readable(await laptop.allKpis()), wanted)).toEqual([]);
  });
});
