import { stat } from 'node:fs/promises';
import { judgeFile } from '../../../functions/domain/judge/judge-file.ts';
import { FindingLog } from '../../../functions/domain/judge/judge-findings.ts';
import { openParser } from '../../../functions/domain/judge/judge-parser.ts';
import type { Manifest } from '../../../functions/domain/manifest/manifest.ts';
import { contentOf } from '../../../local/commands/local-content.ts';
import { type Counts, contend, type Task } from '../contender.ts';

/** The judge as it is, or its parser without the hash. */
const judge = async ({ path, key, variant }: Task, manifest: Manifest): Promise<Counts> => {
  const { size } = await stat(path);
  const rowByRow = { ...manifest, on_error: 'quarantine_rows' } as const;
  if (variant === 'parser') return parse(contentOf(path, size), rowByRow);
  const judgement = await judgeFile({ key, size, manifest: rowByRow, content: contentOf(path, size) });
  if (judgement.verdict !== 'accepted') throw new Error(`the file is ${judgement.verdict}`);
  return { records: judgement.facts.records, bad: judgement.quarantined?.rows ?? 0 };
};

const parse = async (content: AsyncIterable<Uint8Array>, manifest: Manifest): Promise<Counts> => {
  const parser = openParser(manifest, new FindingLog());
  for await (const piece of content) parser.write(piece);
  parser.end();
  return { records: parser.records, bad: parser.badRecords };
};

await contend(judge);
