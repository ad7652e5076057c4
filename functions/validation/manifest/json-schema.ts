import * as z from 'zod';
import { ManifestText } from './schema.ts';

/** JSON Schema (draft 2020-12) of a manifest for editors; it ships as `rules/manifest.schema.json`. */
export const manifestJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(ManifestText, { io: 'input', target: 'draft-2020-12' }),
});
