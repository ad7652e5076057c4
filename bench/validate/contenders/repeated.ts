import { stat } from 'node:fs/promises';
import { judgeFile } from '../../../functions/domain/judge/judge-file.ts';
import { contentOf } from '../../../local/commands/local-content.ts';
import { contend } from '../contender.ts';

/** A file of any size that takes no room: one with a header, then the rows beside it, over and over. */
async function* repeated(path: string, times: number): AsyncGenerator<Uint8Array> {
  yield* contentOf(path, (await stat(path)).size);
  const rows = rowsBeside(path);
  for (let time = 1; time < times; time++) yield* contentOf(rows, (await stat(rows)).size);
}

const rowsBeside = (path: string): string => `${path}.rows`;

await contend(async ({ path, key, variant }, manifest) => {
  const times = Number(variant);
  const size = (await stat(path)).size + (times - 1) * (await stat(rowsBeside(path))).size;
  const rowByRow = { ...manifest, on_error: 'quarantine_rows' } as const;
  const judgement = await judgeFile({ key, size, manifest: rowByRow, content: repeated(path, times) });
  if (judgement.verdict !== 'accepted') throw new Error(`the file is ${judgement.verdict}`);
  return { records: judgement.facts.records, bad: judgement.quarantined?.rows ?? 0 };
});
