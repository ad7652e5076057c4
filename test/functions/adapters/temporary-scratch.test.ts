import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { temporaryScratch } from '../../../functions/adapters/temporary-scratch.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scratch-test-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('reads back what it was given, from where it was put', () => {
  const scratch = temporaryScratch();
  const places = ['one', 'three', ''].map((text) => scratch.append(Buffer.from(text)));
  const read = (at: number, length: number): string => {
    const into = Buffer.alloc(length);
    scratch.read(at, into);
    return into.toString();
  };
  expect(places).toEqual([0, 3, 8]);
  expect([read(3, 5), read(0, 3), read(2, 2)]).toEqual(['three', 'one', 'et']);
  scratch.close();
});

it('opens nothing before it is written to', () => {
  vi.stubEnv('TMPDIR', join(folder, 'missing'));
  const scratch = temporaryScratch();
  expect(() => scratch.append(Buffer.from('x'))).toThrow('ENOENT');
  scratch.close();
});

it('leaves nothing behind, not even while it is open', () => {
  const scratch = temporaryScratch();
  scratch.append(Buffer.from('x'));
  expect(readdirSync(folder)).toEqual([]);
  scratch.close();
  scratch.close();
  expect(() => scratch.read(0, Buffer.alloc(1))).toThrow('nothing was written at 0');
});

it('throws for a file that was never written', () => {
  const scratch = temporaryScratch();
  expect(() => scratch.read(0, Buffer.alloc(1))).toThrow('nothing was written at 0');
  scratch.append(Buffer.from('x'));
  expect(() => scratch.read(0, Buffer.alloc(2))).toThrow('nothing was written at 1');
  scratch.close();
});
