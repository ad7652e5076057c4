import * as z from 'zod';
import { Source } from './source.ts';

/** JSON Schema (draft 2020-12) of a source for editors; it ships as `rules/source.schema.json`. */
export const sourceJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(Source, { io: 'input', target: 'draft-2020-12' }),
});
