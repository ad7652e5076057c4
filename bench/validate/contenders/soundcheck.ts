import { stat } from 'node:fs/promises';
import { contentOf } from '../../../cli/index.ts';
import {
  type Manifest,
  openParser,
  ViolationLog,
  validateFile,
} from '../../../functions/validation/index.ts';
import { type Counts, contend, type Task } from '../contender.ts';

/** The whole validator, or its parser without the hash. */
const validate = async ({ path, key, variant }: Task, manifest: Manifest): Promise<Counts> => {
  const { size } = await stat(path);
  const rowByRow = { ...manifest, on_error: 'quarantine_rows' } as const;
  if (variant === 'parser') return parse(contentOf(path, size), rowByRow);
  const validation = await validateFile({ key, size, manifest: rowByRow, content: contentOf(path, size) });
  if (validation.verdict !== 'accepted') throw new Error(`the file is ${validation.verdict}`);
  return { records: validation.facts.records, invalid: validation.quarantined?.rows ?? 0 };
};

const parse = async (content: AsyncIterable<Uint8Array>, manifest: Manifest): Promise<Counts> => {
  const parser = openParser(manifest, new ViolationLog());
  for await (const piece of content) parser.write(piece);
  parser.end();
  return { records: parser.records, invalid: parser.invalidRecords };
};

await contend(validate);
