import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JsonRecords } from '../../functions/sources/json-records.ts';
import { sourceJsonSchema } from '../../functions/sources/json-schema.ts';
import { Pages } from '../../functions/sources/paging.ts';
import { parseSource } from '../../functions/sources/parse-source.ts';
import { pathKeys } from '../../functions/sources/paths.ts';
import { withVariables } from '../../functions/sources/variables.ts';
import { playlistFiles } from '../end-to-end/playlists/files.ts';
import { exampleFiles } from './example-files.ts';

const text = readFileSync('docs/sources.md', 'utf8');
const [users = '', answer = '', songs = ''] = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(
  ([, block]) => block,
);

describe('docs/sources.md', () => {
  test('names every key that a source can have', () => {
    const keys = new Set<string>();
    const walk = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, value] of Object.entries(schema)) {
        if (key === 'properties') for (const name of Object.keys(value)) keys.add(name);
        walk(value);
      }
    };
    walk(sourceJsonSchema());
    expect(keys.size).toBeGreaterThan(50);
    const named = [...keys].filter((key) => !new RegExp(`[\`"$.]${key.replace('$', '\\$')}[\`"]`).test(text));
    expect(named).toEqual([]);
  });

  test('shows sources that are valid', () => {
    expect([users, songs].map((source) => parseSource(source).ok)).toEqual([true, true]);
  });

  test('shows an answer that is followed as it says', () => {
    const parsed = parseSource(users);
    if (!parsed.ok || parsed.source.kind !== 'rest') throw new Error('no API');
    const { source } = parsed;
    const url = withVariables(source.url, () => 'https://shop.example');
    const pages = new Pages(source, url, { from: '2024-01-01', to: '2024-01-31' });
    const reader = new JsonRecords(pathKeys(source.records), source.limits.max_record_bytes);
    expect(reader.push(Buffer.from(answer))).toHaveLength(1);
    const step = pages.after({ records: 1, hash: 'a', outside: reader.end() });
    expect(step.kind === 'page' && step.url).toContain('after=90071992547409931');
  });

  test('states the default limits', () => {
    const parsed = parseSource(users);
    const stated = [...text.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    expect(parsed.ok && parsed.source.limits).toEqual(Object.fromEntries(stated));
  });

  test('shows the files of the playlist as they are, and an answer that they read', async () => {
    const shown = exampleFiles(text);
    expect(Object.keys(shown)).toHaveLength(4);
    const files = await playlistFiles();
    expect(files).toMatchObject(shown);
    const parsed = parseSource(shown['rules/playlist_artists/source.json'] ?? '');
    if (!parsed.ok || parsed.source.kind !== 'rest') throw new Error('no API');
    const [, page = ''] = /^```json\n(\{\n {2}"href".*?)^```$/ms.exec(text) ?? [];
    const { source } = parsed;
    const pages = new Pages(source, source.url, { from: '2024-01-01', to: '2024-01-31' });
    const reader = new JsonRecords(pathKeys(source.records), source.limits.max_record_bytes);
    expect(reader.push(Buffer.from(page))).toHaveLength(1);
    const step = pages.after({ records: 1, hash: 'a', outside: reader.end() });
    expect(step.kind === 'page' && step.url).toBe(JSON.parse(page).next);
    const sources = ['albums', 'artists', 'tracks'].map(
      (name) => files[`rules/playlist_${name}/source.json`],
    );
    expect(new Set(sources)).toEqual(new Set([shown['rules/playlist_artists/source.json']]));
  });
});
