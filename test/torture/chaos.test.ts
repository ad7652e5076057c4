import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { parseChaos } from '../../local/cloud/events/chaos.ts';
import { type Laptop, startLaptop } from '../end-to-end/laptop.ts';
import { rowsOf, smallStreams } from '../end-to-end/listens.ts';
import { differences, expected, readable } from '../end-to-end/published-kpis.ts';
import { queryWarehouse } from '../end-to-end/warehouse.ts';
import { dice } from '../simulation/dice.ts';
import { scaleOf, tell } from './scale.ts';

const streams = Array.from({ length: 10 }, (_, index) => ({
  name: `streams${index}.csv`,
  text: smallStreams(200 + index),
}));
const corrected = { name: 'streams3.csv', text: smallStreams(300, 20) };
const wrong = { name: 'streams77.csv', text: `${smallStreams(400)}x,y,z\n` };

const { rounds, seed } = scaleOf({ rounds: 0, seed: 1 });

/** Events of a cloud are doubled and lost as a seed wants, up to nine of ten. */
const anyChaos = (_: unknown, round: number): [string, string] => {
  const { below } = dice(seed + round);
  const chaos = `dup=0.${below(10)},lose=0.${below(10)},delay=${below(4)}s,seed=${seed + round}`;
  return [`disturbed by ${chaos}`, chaos];
};

let laptop: Laptop;
afterEach(() => laptop?.stop());

const landAll = (files: typeof streams) =>
  Promise.all(files.map(({ name, text }) => laptop.land(`data/streams/${name}`, text)));

describe('a cloud that sweeps every other second', { timeout: 300_000 }, () => {
  test.each<[string, string]>([
    ['doubled, delayed and now and then lost', 'dup=0.3,lose=0.05,delay=1s,seed=7'],
    // In `npm test` other tests lose every event.
    ...(rounds > 0 ? [['lost, every one', 'lose=1'] satisfies [string, string]] : []),
    ...Array.from({ length: rounds }, anyChaos),
  ])('counts every row once when events are %s', async (_, chaos) => {
    laptop = await startLaptop({ chaos: parseChaos(chaos), sweepEvery: 2_000 });
    await laptop.landManifest('streams');
    const first = await laptop.atRest(await landAll([...streams, wrong]));
    expect(first.map(({ state }) => state)).toEqual([...streams.map(() => 'published'), 'quarantined']);
    const [again] = await laptop.atRest(await landAll([corrected]));
    expect(again).toMatchObject({ state: 'published', number: 2 });

    const before = expected({ streams, tracks: [] }).keys();
    const wanted = expected({ streams: [...streams, corrected], tracks: [] }, before);
    expect(differences(readable(await laptop.allKpis()), wanted)).toEqual([]);
    const rows = streams.reduce((sum, { text }) => sum + rowsOf(text).length, 0) - 10;
    expect(await queryWarehouse('select count(*) from silver.streams')).toEqual([[String(rows)]]);
    // What was delayed may still come, and must not change anything.
    await pause(1_500);
    expect(differences(readable(await laptop.allKpis()), wanted)).toEqual([]);
    tell('chaos', { settings: chaos, files: streams.length + 2 });
  });
});
