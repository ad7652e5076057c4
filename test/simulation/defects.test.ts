import { describe, expect, it } from 'vitest';
import { defects } from './defects.ts';
import { firstBroken } from './weathers.ts';

describe('the simulation', () => {
  it.each(Object.entries(defects))(
    'notices what happens to those who %s',
    async (_, defect) => {
      expect(await firstBroken(0, 1000, defect)).toBeDefined();
    },
    600_000,
  );
});
