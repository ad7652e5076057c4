import { expect, it } from 'vitest';
import { nameHint, nearestName } from '../../../functions/values/nearest-name.ts';

it.each([
  ['usr_id', 'user_id'],
  ['user_idd', 'user_id'],
  ['uesr_id', 'user_id'],
  ['User_ID', 'user_id'],
  ['listen', 'listen_time'],
  ['nothing', undefined],
])('takes %s for %s', (wrong, nearest) => {
  expect(nearestName(wrong, ['track_id', 'user_id', 'listen_time'])).toBe(nearest);
});

it('lists what there is where nothing is near', () => {
  expect(nameHint('zzz', ['a', 'b'])).toBe(' (there are a, b)');
  expect(nameHint('zzz', [])).toBe('');
});
