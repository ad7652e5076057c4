import { readFile, stat } from 'node:fs/promises';
import { validateFile } from '../../../functions/validation/index.ts';
import { contend } from '../contender.ts';

const pieceBytes = 2 ** 20;

/** A file of any size that needs no disk: its header, then its rows again and again, from memory. */
async function* repeated(path: string, times: number): AsyncGenerator<Uint8Array> {
  yield* piecesOf(await readFile(path));
  const rows = await readFile(rowsBeside(path));
  for (let time = 1; time < times; time++) yield* piecesOf(rows);
}

function* piecesOf(bytes: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

const rowsBeside = (path: string): string => `${path}.rows`;

await contend(async ({ path, key, variant }, manifest) => {
  const times = Number(variant);
  const size = (await stat(path)).size + (times - 1) * (await stat(rowsBeside(path))).size;
  const rowByRow = { ...manifest, on_error: 'quarantine_rows' } as const;
  const validation = await validateFile({ key, size, manifest: rowByRow, content: repeated(path, times) });
  if (validation.verdict !== 'accepted') throw new Error(`the file is ${validation.verdict}`);
  return { records: validation.facts.records, invalid: validation.quarantined?.rows ?? 0 };
});
