import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { generateTrackIds, generateTracks, trackColumns } from '../../../local/generate/tracks.ts';

type Row = Record<string, string>;

const trackIds = generateTrackIds({ count: 5_000, seed: 3 });
const text = [...generateTracks({ trackIds, seed: 4, unknownShare: 0.02 })].join('');
const rows: Row[] = parse(text, { columns: true });
const valuesOf = (column: string): string[] => rows.map((row) => row[column] ?? 'no such column');

describe('generateTracks', () => {
  it('writes the 21 columns of the dataset, each value of its type', () => {
    expect(trackColumns).toHaveLength(21);
    expect(Object.keys(rows[0] ?? {})).toEqual(trackColumns);
    for (const column of ['id', 'popularity', 'duration_ms', 'key', 'mode', 'time_signature'])
      expect(valuesOf(column)).toSatisfy((values: string[]) => values.every((value) => /^\d+$/.test(value)));
    for (const column of ['danceability', 'loudness', 'tempo', 'valence'])
      expect(valuesOf(column)).toSatisfy((values: string[]) =>
        values.every((value) => /^-?\d+\.\d{3}$/.test(value)),
      );
    expect(new Set(valuesOf('explicit'))).toEqual(new Set(['True', 'False']));
  });

  it('knows 113 genres and each track once', () => {
    expect(new Set(valuesOf('track_genre')).size).toBe(113);
    expect(new Set(valuesOf('track_id')).size).toBe(rows.length);
  });

  it('leaves about the given share of the ids unknown', () => {
    expect(trackIds.length - rows.length).toBeGreaterThan(60);
    expect(trackIds.length - rows.length).toBeLessThan(140);
  });

  it('has exactly one row without artist, album and name', () => {
    const nameless = rows.filter((row) => row.artists === '' || row.track_name === '');
    expect(nameless).toHaveLength(1);
    expect(nameless[0]).toMatchObject({ artists: '', album_name: '', track_name: '' });
  });

  it('has names that want careful quoting, and tracks of several artists', () => {
    expect(valuesOf('track_name').filter((name) => name.includes('"'))).not.toHaveLength(0);
    expect(valuesOf('track_name').filter((name) => name.includes(','))).not.toHaveLength(0);
    expect(valuesOf('artists').filter((names) => names.includes(';'))).not.toHaveLength(0);
  });

  it('writes no catalogue rows when nothing is known', () => {
    expect([...generateTracks({ trackIds, seed: 4, unknownShare: 1 })]).toHaveLength(1);
  });

  it('has the very columns of the manifest', () => {
    const manifest = JSON.parse(readFileSync('rules/tracks/manifest.json', 'utf8'));
    expect(Object.keys(manifest.schema.fields)).toEqual(trackColumns);
  });
});
