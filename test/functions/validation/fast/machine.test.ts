import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it('is one machine for all files', async () => {
  const { scanMachine } = await import('../../../../functions/validation/fast/machine.ts');
  expect(scanMachine()).toBeDefined();
  expect(scanMachine()).toBe(scanMachine());
});

it('leaves files to the careful way where there is no WebAssembly', async () => {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', undefined);
  const { scanMachine } = await import('../../../../functions/validation/fast/machine.ts');
  const { validate, outcomeOf } = await import('../fixture.ts');
  const schema = { fields: { a: { type: 'int' } } };
  expect(scanMachine()).toBeUndefined();
  expect(outcomeOf(await validate('a\n1\n2\n', { schema }))).toBe('accepted');
  expect(outcomeOf(await validate('a\n1\nx\n', { schema }))).toEqual({ 'type:a': 1 });
});
