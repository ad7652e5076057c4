import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { repairKey } from '../../functions/pipeline/queries/repairs.ts';
import { validateLanding } from '../../functions/validate-landing.ts';
import { putManifest } from '../functions/acts.ts';
import { objectCreated } from '../functions/events.ts';
import type { StoredFile } from '../functions/records.ts';
import { bring, fileIn, openStage } from '../functions/stage.ts';

const page = await readFile('docs/repair.md', 'utf8');
const blocks = [...page.matchAll(/^```jsonl\n(.*?)^```$/gms)].map(([, text = '']) => text);

test('docs/repair.md repairs JSON lines as it says', async () => {
  const [landed = '', rows = '', repaired = '', published = ''] = blocks;
  const stage = openStage();
  const textOf = (key: string): string | undefined => stage.lake.newest(key)?.body;
  const land = async (key: string, body: string): Promise<StoredFile> => {
    const file = stage.lake.put(key, body);
    await validateLanding(stage.ports)(objectCreated(file));
    return fileIn(stage, file);
  };
  putManifest(stage, {
    schema: {
      extension: '.jsonl',
      fields: { id: { type: 'int', required: true }, price: { type: 'decimal(5,2)' } },
      fields_required: false,
      validation: { on_error: 'quarantine_rows' },
    },
  });
  const file = await land('data/plays/plays1.jsonl', landed);
  const at = (text: string): string => text.replaceAll('VERSION', file.version);
  expect(textOf(`${file.clean_key}.rows.jsonl`)).toBe(at(rows));
  const source = await bring(stage, file, 'claimed', 'published');
  const repair = await land(repairKey(source), at(repaired));
  expect(repair).toMatchObject({ state: 'accepted', records: 2, quarantined_rows: 0 });
  expect(textOf(repair.clean_key ?? '')).toBe(published);
});
