import type { StreamWriter } from '../../../../../functions/pipeline/ports.ts';
import { type Accepted, splitFile } from '../../../../../functions/pipeline/steps/split/records.ts';
import type { Manifest } from '../../../../../functions/validation/manifest/manifest.ts';
import { rowsCsv } from '../../../../../functions/validation/rows-file/writer.ts';
import { type LandedFile, validateFile } from '../../../../../functions/validation/validate-file.ts';
import { pieces } from '../../../validation/fixture.ts';

/** A store in memory that takes streams, and notes those that ended with an error. */
export const memoryStore = () => {
  const stored = new Map<string, Buffer>();
  const rejected: string[] = [];
  const files: StreamWriter = {
    writeStream: async (key, body) => {
      const chunks: Uint8Array[] = [];
      try {
        for await (const chunk of body) chunks.push(Buffer.from(chunk));
      } catch (cause) {
        rejected.push(key);
        throw cause;
      }
      stored.set(key, Buffer.concat(chunks));
    },
  };
  return { files, stored, rejected };
};

export const fileOf = (
  content: Uint8Array,
  manifest: Manifest,
  key = 'data/streams/streams1.csv',
): LandedFile => ({ key, size: content.length, manifest, content: pieces(content, 2 ** 16) });

export const target = { clean_key: 'clean', source: 'data/streams/streams1.csv@v1', rows: rowsCsv };

/** Validates and parts a file; undefined where it is not accepted with invalid records. */
export const split = async (content: Uint8Array, manifest: Manifest, key?: string) => {
  const validation = await validateFile(fileOf(content, manifest, key));
  if (validation.verdict !== 'accepted' || !validation.quarantined) return undefined;
  const { files, stored } = memoryStore();
  const facts = await splitFile(files, fileOf(content, manifest, key), validation as Accepted, target);
  return { validation, facts, clean: stored.get('clean'), rows: stored.get('clean.rows.csv') };
};
