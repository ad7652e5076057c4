import { describe, expect, it } from 'vitest';
import { kpisOf } from './kpis.ts';
import { zeroOf } from './zeros.ts';

const text = 'user_id,track_id,listen_time\n1,A,2024-06-24 08:00:00\n';
const kpis = kpisOf({ streams: [{ name: 'streams1.csv', text }], tracks: [] });

describe('zeroOf', () => {
  it.each(['DAY#2024-06-24 CURRENT', 'GENRE#unknown 2024-06-24', 'LISTENER#1'])(
    'has every measure of %s',
    (key) => {
      expect(Object.keys(zeroOf(key) ?? {})).toEqual(Object.keys(kpis.get(key) ?? {}));
    },
  );

  it.each(['DAY#2024-06-24 GENRE#unknown', 'DAY#2024-06-24 HOUR#08'])('leaves nothing of %s', (key) => {
    expect(kpis.has(key)).toBe(true);
    expect(zeroOf(key)).toBeUndefined();
  });
});
