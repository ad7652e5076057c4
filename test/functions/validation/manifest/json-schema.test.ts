import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manifestJsonSchema } from '../../../../functions/validation/manifest/json-schema.ts';

it('ships as rules/manifest.schema.json, so that editors and the validator agree', () => {
  expect(JSON.parse(readFileSync('rules/manifest.schema.json', 'utf8'))).toEqual(manifestJsonSchema());
});
