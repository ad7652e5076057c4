import type { SpecFile } from '../../../functions/pipeline/spec.ts';
import { splitFile } from '../../../functions/pipeline/steps/split/records.ts';
import { parseManifest } from '../../../functions/validation/manifest/manifest.ts';
import { rowsWriter } from '../../../functions/validation/rows-file/writer.ts';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import { memoryStore } from '../pipeline/steps/split/fixture.ts';
import { pieces } from '../validation/fixture.ts';

export type ManifestJson = { readonly schema: { readonly fields: object } };

/** A manifest of people with these fields, in JSON lines unless its schema says something else. */
export const manifestOf = (fields: object, schema: object = {}) => ({
  version: '1',
  directory: 'data/people/',
  schema: { extension: '.jsonl', ...schema, fields },
});

/** What a spec says of a file that the validator accepts, and the copy that engines read in its place, where there is one. */
export type Validated = Pick<SpecFile, 'facts'> & { readonly clean?: Buffer };

/** Validates a file, and writes the copy of one that engines do not read themselves; throws the validation of any that is not accepted. */
export const validated = async (key: string, bytes: Buffer, json: ManifestJson): Promise<Validated> => {
  const parsed = parseManifest(JSON.stringify(json));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const { manifest } = parsed;
  const range = async (start: number, end: number) => bytes.subarray(start, end);
  const file = () => ({ key, size: bytes.length, manifest, content: pieces(bytes, 2 ** 16), range });
  const validation = await validateFile(file());
  if (validation.verdict !== 'accepted') throw new Error(JSON.stringify(validation));
  if (!validation.isRewritten && !validation.quarantined) return { facts: validation.facts };
  const { files, stored } = memoryStore();
  const target = { clean_key: 'clean', source: `${key}@v1`, rows: rowsWriter(validation.facts.format) };
  const facts = await splitFile(files, file(), validation, target);
  return { facts, clean: stored.get('clean') ?? Buffer.alloc(0) };
};

/** Where the copy of a landed file lies in a test's lake. */
export const cleanKeyOf = (key: string): string => `staging/clean/${key}@v1.0`;
