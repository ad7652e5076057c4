import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildScanner } from '../../deploy/build-scanner.ts';

const root = join(import.meta.dirname, '../..');

it('the compiled scanner is that of its sources', async () => {
  const compiled = readFileSync(join(root, 'functions/validation/fast/module.ts'), 'utf8');
  expect(await buildScanner(root)).toBe(compiled);
}, 60_000);
