import type { FileFacts } from '../../../functions/validation/facts.ts';
import { type Manifest, parseManifest } from '../../../functions/validation/manifest/manifest.ts';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import type { Validation } from '../../../functions/validation/verdict.ts';

type Keys = Record<string, unknown>;

export const streamsFields = {
  user_id: { type: 'int', required: true },
  track_id: { type: 'string', required: true },
  listen_time: { type: 'timestamp', required: true },
};

/** A manifest of listens as JSON, with keys of its `schema` changed. */
export const manifestText = (schema: Keys = {}, top: Keys = {}): string =>
  JSON.stringify({
    version: '1.0',
    directory: 'data/streams/',
    ...top,
    schema: { extension: '.csv', name_pattern: 'streams[0-9]+.csv', fields: streamsFields, ...schema },
  });

export const manifestOf = (schema: Keys = {}, top: Keys = {}): Manifest => {
  const parsed = parseManifest(manifestText(schema, top));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.manifest;
};

export const problemsOf = (schema: Keys = {}, top: Keys = {}): readonly string[] => {
  const parsed = parseManifest(manifestText(schema, top));
  return parsed.ok ? [] : parsed.problems;
};

/** A content that arrives in pieces of so many bytes. */
export async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

type Landing = { readonly key?: string; readonly schema?: Keys; readonly piece?: number };

export const validate = (content: string | Uint8Array, landing: Landing = {}): Promise<Validation> => {
  const { key = 'data/streams/streams1.csv', schema = {}, piece = 2 ** 16 } = landing;
  const bytes = Buffer.from(content);
  return validateFile({
    key,
    size: bytes.length,
    manifest: manifestOf(schema),
    content: pieces(bytes, piece),
  });
};

/** Messages of a rejected file; none for any other verdict. */
export const messagesOf = (validation: Validation): readonly string[] =>
  validation.verdict === 'rejected' ? validation.violations.map(({ message }) => message) : [];

/** Verdict, and for a rejected file its counts by rule. */
export const outcomeOf = (validation: Validation): unknown =>
  validation.verdict === 'rejected' ? validation.counts : validation.verdict;

/** Facts of a file that has to be good. */
export const factsOf = async (...landing: Parameters<typeof validate>): Promise<FileFacts> => {
  const validation = await validate(...landing);
  if (validation.verdict !== 'accepted')
    throw new Error(messagesOf(validation).join('\n') || validation.verdict);
  return validation.facts;
};
