import { judgeFile } from '../../../functions/domain/judge/judge-file.ts';
import { parseManifest } from '../../../functions/domain/manifest/manifest.ts';
import type { SpecFile } from '../../../functions/domain/spec.ts';
import { pieces } from '../domain/judge/judge-fixture.ts';

export type ManifestJson = { readonly schema: { readonly fields: object } };

/** A manifest of people with these fields, in JSON lines unless its schema says something else. */
export const manifestOf = (fields: object, schema: object = {}) => ({
  version: '1',
  directory: 'data/people/',
  schema: { extension: '.jsonl', ...schema, fields },
});

/** What the judge found out about a file that it accepts; throws the judgement of any other. */
export const judged = async (key: string, bytes: Buffer, json: ManifestJson): Promise<SpecFile['facts']> => {
  const parsed = parseManifest(JSON.stringify(json));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const range = async (start: number, end: number) => bytes.subarray(start, end);
  const content = pieces(bytes, 2 ** 16);
  const { manifest } = parsed;
  const judgement = await judgeFile({ key, size: bytes.length, manifest, content, range });
  if (judgement.verdict !== 'accepted') throw new Error(JSON.stringify(judgement));
  return { ...judgement.facts, header: [...judgement.facts.header] };
};
