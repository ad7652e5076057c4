import { execFile } from 'node:child_process';
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { landedBy, pullWindows } from '../../cli/pull/follow.ts';
import { renderCatalog } from '../../deploy/render/render.ts';
import { lambdaFunctions } from '../../functions/adapters/lambda-functions.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { copyProject } from '../deploy/project.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { playlistFiles } from './playlists/files.ts';
import { type Entry, type PlaylistApi, startPlaylistApi, type Track } from './playlists/playlist-api.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

const datasets = ['playlist_albums', 'playlist_artists', 'playlist_tracks'];
const month = { from: '2024-01-01', to: '2024-01-31' };
const client = { client_id: 'soundcheck', client_secret: 'a-secret-of-this-test' };
const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:soundcheck-dev/playlists-local1';

const id = (kind: string, number: number): string => `${kind}${number}`.padEnd(22, 'x');
const artist = (number: number) => ({ id: id('artist', number), name: `Björk ${number}` });
const artistsOf = (number: number) =>
  number % 50 === 7 ? [] : Array.from({ length: 1 + (number % 3) }, (_, at) => artist((number + at) % 23));
const releases = ['1981', '1981-12', '2024-02-29'];
/** Track 10 has an album and an artist that no other track has; some tracks have no artists. */
const trackOf = (number: number): Track => ({
  id: id('track', number),
  name: `Hyperballad "${number}", live`,
  duration_ms: 180_000 + number,
  popularity: number % 10 === 0 ? null : number % 101,
  explicit: number % 3 === 0,
  album: {
    id: id('album', number === 10 ? 1000 : number % 41),
    name: number === 10 ? 'Post' : `Début ${number % 41}`,
    release_date: releases[(number % 41) % 3] ?? '',
    total_tracks: 1 + (number % 41),
  },
  artists: number === 10 ? [artist(1000)] : artistsOf(number),
});
/** 137 entries: some tracks twice, and one that is not available any more. */
const entries: readonly Entry[] = Array.from({ length: 137 }, (_, number) => ({
  added_at: new Date(Date.UTC(2024, 0, 1, 0, 137 - number)).toISOString().replace('.000Z', 'Z'),
  track: number === 60 ? null : trackOf(number % 120),
}));

/** The three tables, computed from what the API holds. */
const expected = (all: readonly Entry[]) => {
  const available = all.flatMap(({ added_at, track }) => (track ? [{ added_at, ...track }] : []));
  const added = (track: string) =>
    available.flatMap((entry) => (entry.id === track ? [entry.added_at] : [])).sort()[0];
  return {
    albums: rowsById(
      available.map(({ album }) => [
        album.id,
        album.name,
        album.release_date,
        album.release_date.slice(0, 4),
        album.total_tracks,
      ]),
    ),
    artists: rowsById(available.flatMap(({ artists }) => artists.map(({ id, name }) => [id, name]))),
    tracks: rowsById(
      available.map(({ id, name, duration_ms, popularity, explicit, album, artists }) => [
        ...[id, name, duration_ms, popularity, explicit, album.id, artists[0]?.id ?? null, added(id)],
      ]),
    ),
  };
};
const rowsById = (rows: readonly (readonly unknown[])[]): string[][] =>
  [...new Map(rows.map((row) => [row[0], row.map(String)]))]
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1))
    .map(([, row]) => row);

const moment = (column: string) => `strftime(${column}, '%Y-%m-%dT%H:%M:%SZ')`;
const selects = {
  albums: 'album_id, album_name, release_date, release_year, total_tracks from gold.dim_playlist_albums',
  artists: 'artist_id, artist_name from gold.dim_playlist_artists',
  tracks: `track_id, track_name, duration_ms, coalesce(cast(popularity as varchar), 'null'), is_explicit, album_id, coalesce(artist_id, 'null'), ${moment('added_at')} from gold.dim_playlist_tracks`,
};
const gold = async () => ({
  albums: await queryWarehouse(`select ${selects.albums} order by 1`),
  artists: await queryWarehouse(`select ${selects.artists} order by 1`),
  tracks: await queryWarehouse(`select ${selects.tracks} order by 1`),
});

let api: PlaylistApi;
let files: Readonly<Record<string, string>>;
let root: string;
let catalog: Catalog;
let laptop: Laptop;
beforeAll(async () => {
  api = await startPlaylistApi(client);
  files = await playlistFiles();
  const here = Object.entries(files).map(([path, text]) => [
    path,
    text.replaceAll('https://api.playlists.example', api.url),
  ]);
  root = await projectWith(Object.fromEntries(here));
  catalog = await renderCatalog(root, 'duckdb');
  laptop = await startLaptop({ root, secrets: { [arn]: JSON.stringify(client) } });
  for (const dataset of datasets) await laptop.landManifest(dataset, root);
}, 60_000);
afterAll(async () => {
  await laptop?.stop();
  await api?.stop();
  if (root) await rm(root, { recursive: true, force: true });
});

/** Pulls the three datasets, as `soundcheck pull` does, and answers the files that have landed, once they are at rest. */
const pullAll = async () => {
  const target = {
    ledger: laptop.ledger,
    functions: lambdaFunctions('soundcheck-dev'),
    catalog: async () => catalog,
    isLaptop: true,
    files: s3Files(laptop.cloud.environment.LAKE_BUCKET ?? ''),
  };
  const states: string[] = [];
  const landed = [];
  for (const dataset of datasets)
    for (const ended of await pullWindows(target, dataset, [month], { atOnce: 1, tell: () => {} })) {
      states.push(ended.state === 'failed' ? ended.reason : ended.state);
      landed.push(...(await landedBy(target, ended)));
    }
  return { states, records: await laptop.atRest(landed, { mart: 'playlists' }) };
};

describe('a playlist from an API of a music service', { timeout: 120_000 }, () => {
  test('is nothing but files in rules/ and sql/', async () => {
    expect(Object.keys(files).filter((path) => !/^(rules|sql)\/.*\.(json|dqdl|sql)$/.test(path))).toEqual([]);
    for (const name of await readdir(root))
      if (name !== 'rules' && name !== 'sql')
        expect(await realpath(join(root, name))).toBe(await realpath(join(process.cwd(), name)));
    const shipped = await copyProject({});
    const compared = ['-rq', join(shipped, 'sql'), join(root, 'sql')];
    const { stdout } = await promisify(execFile)('diff', compared).catch((differs) => differs);
    await rm(shipped, { recursive: true, force: true });
    expect(stdout).not.toContain('differ\n');
    expect(Object.keys((await renderCatalog(root, 'redshift')).marts)).toContain('playlists');
  });

  test('has every album, artist and track once, although the token expires in the middle', async () => {
    api.entries = entries;
    api.expireAfter(2);
    const { states, records } = await pullAll();
    expect(states).toEqual(['landed', 'landed', 'landed']);
    // The entry without a track has no artists, which is valid, but neither an album nor a track, which is not.
    expect(
      records.map(({ key, state, records, quarantined_rows = 0 }) => [
        key.split('/')[1],
        state,
        records,
        quarantined_rows,
      ]),
    ).toEqual([
      ['playlist_albums', 'published', 137, 1],
      ['playlist_artists', 'published', 137, 0],
      ['playlist_tracks', 'published', 137, 1],
    ]);
    expect(api.requests().slice(0, 6)).toEqual([
      'POST 200 /api/token',
      'GET 200 /v1/playlists/37i9dQZF1DXcBWIGoYBM5M/tracks',
      'GET 200 50',
      'GET 401 100',
      'POST 200 /api/token',
      'GET 200 100',
    ]);
    const rows = await gold();
    expect(rows).toEqual(expected(entries));
    expect([rows.albums.length, rows.artists.length, rows.tracks.length]).toEqual([42, 24, 119]);
  });

  test('lands nothing when it is pulled again', async () => {
    const { states, records } = await pullAll();
    expect(states).toEqual(['landed', 'landed', 'landed']);
    expect(records).toEqual([]);
    expect(api.requests().filter((request) => request.startsWith('GET 200'))).toHaveLength(9);
  });

  test('follows the playlist: what is gone is gone, what is new is there, what changed has changed', async () => {
    const renamed = { ...trackOf(3), name: 'Hyperballad', popularity: 100 };
    api.entries = [
      { added_at: '2024-02-01T00:00:00Z', track: { ...trackOf(500), artists: [artist(500)] } },
      ...entries
        .slice(20, 130)
        .map((entry) => (entry.track?.id === renamed.id ? { ...entry, track: renamed } : entry)),
    ];
    const { records } = await pullAll();
    expect(records.map(({ state }) => state)).toEqual(['published', 'published', 'published']);
    const rows = await gold();
    expect(rows).toEqual(expected(api.entries));
    const tracks = rows.tracks.map(([track]) => track);
    expect([10, 500].map((number) => tracks.includes(id('track', number)))).toEqual([false, true]);
    expect(rows.albums.map(([album]) => album)).not.toContain(id('album', 1000));
    expect(rows.artists.map(([artist]) => artist)).not.toContain(id('artist', 1000));
    expect(rows.tracks.find(([track]) => track === renamed.id)?.slice(1, 4)).toEqual([
      'Hyperballad',
      '180003',
      '100',
    ]);
    const [total] = await queryWarehouse(
      `select cast(sum(length_ms) as varchar), cast(sum(tracks) as varchar) from gold.playlist_artists_vw`,
    );
    expect(total).toEqual([
      String(rows.tracks.reduce((sum, [, , length]) => sum + Number(length), 0)),
      String(rows.tracks.length),
    ]);
  });

  test('is what it was before when the playlist is changed back', async () => {
    api.entries = entries;
    const { records } = await pullAll();
    expect(records).toHaveLength(3);
    expect(await gold()).toEqual(expected(entries));
  });
});
