import { describe, expect, it } from 'vitest';
import { defects } from './defects.ts';
import { firstBroken } from './weathers.ts';

/** Where the histories begin that are tried; a rare one is looked for near the first that was found. */
const begins: Readonly<Record<string, number>> = {
  'mark before writing': 205,
  'retract repairs of what is reprocessed': 196,
  'retract no repairs': 12,
  'leave repairs behind': 12,
  'trust a repair whatever became of its source': 12,
  'take a dead executor for failed SQL': 1_085,
  "forget the pointer's condition": 1_830,
  'replace items in place while somebody may still write': 2_090,
};

describe('the simulation', () => {
  it.each(Object.entries(defects))(
    'notices what happens to those who %s',
    async (name, defect) => {
      const from = begins[name] ?? 0;
      expect(await firstBroken(from, from + 1000, defect)).toBeDefined();
    },
    600_000,
  );
});
