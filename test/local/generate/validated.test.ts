import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../functions/validation/manifest/manifest.ts';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import type { Validation } from '../../../functions/validation/verdict.ts';
import { generatedDatasets, generateText } from '../../../local/generate/datasets.ts';
import { invalidStreams, wrongLines } from '../../../local/generate/invalid-streams.ts';
import { generateListeners } from '../../../local/generate/listeners.ts';
import { generateStreams } from '../../../local/generate/streams.ts';
import { generateTrackIds, generateTracks } from '../../../local/generate/tracks.ts';

const trackIds = generateTrackIds({ count: 3_000, seed: 1 });
const userIds = [1, 2, 3];

const validate = async (dataset: string, name: string, text: string): Promise<Validation> => {
  const parsed = parseManifest(await readFile(`rules/${dataset}/manifest.json`));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const bytes = Buffer.from(text);
  const content = (async function* () {
    yield bytes;
  })();
  return validateFile({
    key: `data/${dataset}/${name}`,
    size: bytes.length,
    manifest: parsed.manifest,
    content,
  });
};

const generated = {
  tracks: [...generateTracks({ trackIds, seed: 2, unknownShare: 0 })].join(''),
  listeners: [...generateListeners({ count: 3_000, seed: 3 })].join(''),
  streams: [...generateStreams({ rows: 3_000, days: 2, seed: 4, trackIds, userIds })].join(''),
};

const named: Readonly<Record<string, string>> = { streams: 'streams8.csv' };

const datasets = Object.entries(generatedDatasets).filter(([name]) =>
  existsSync(`rules/${name}/manifest.json`),
);

describe('what is generated', () => {
  it.each(datasets)('by number is accepted by the manifest: %s', async (name, dataset) => {
    const text = [...generateText(dataset, 3_000, 5)].map((block) => block.text).join('');
    const file = named[name] ?? `${name}${dataset.extension}`;
    const validation = await validate(name, file, text);
    expect(validation).toMatchObject({ verdict: 'accepted', facts: { records: 3_000 } });
    expect(validation).not.toHaveProperty('quarantined');
  });

  it.each([
    ['tracks', 'tracks.csv', generated.tracks],
    ['listeners', 'listeners.csv', generated.listeners],
    ['streams', 'streams7.csv', generated.streams],
  ])('is accepted by the manifest of %s', async (dataset, name, text) => {
    const validation = await validate(dataset, name, text);
    expect(validation).toMatchObject({ verdict: 'accepted', facts: { records: 3_000 } });
  });

  it('is rejected where it is bad on purpose, on the stated lines', async () => {
    const validation = await validate('streams', 'streams2.csv', invalidStreams(1));
    const lines = validation.verdict === 'rejected' ? validation.violations.map(({ line }) => line) : [];
    expect(lines).toEqual(wrongLines);
  });
});
