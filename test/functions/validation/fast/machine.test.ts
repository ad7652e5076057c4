import { expect, it } from 'vitest';
import { scanMachine } from '../../../../functions/validation/fast/machine.ts';

it('is one machine for all files', () => {
  expect(scanMachine()).toBe(scanMachine());
});
