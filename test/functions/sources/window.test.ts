import { describe, expect, test } from 'vitest';
import {
  addDays,
  dueWindows,
  monthOf,
  monthsFrom,
  widened,
  withWindow,
} from '../../../functions/sources/window.ts';

const january = { from: '2024-01-01', to: '2024-01-31' };

describe('windows', () => {
  test('are the months of the calendar', () => {
    expect(monthOf('2024-02-10')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
    expect(monthOf('2023-02-28')).toEqual({ from: '2023-02-01', to: '2023-02-28' });
    expect(monthOf('2024-12-31')).toEqual({ from: '2024-12-01', to: '2024-12-31' });
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
    expect(addDays('2023-12-31', 1)).toBe('2024-01-01');
  });

  test('follow one another without a gap', () => {
    const months = monthsFrom('2019-11', '2024-06');
    expect(months).toHaveLength(56);
    expect(months[0]?.from).toBe('2019-11-01');
    expect(months.at(-1)?.to).toBe('2024-06-30');
    for (const [at, { from }] of months.slice(1).entries())
      expect(addDays(months[at]?.to ?? '', 1)).toBe(from);
    expect(monthsFrom('2024-02', '2024-01')).toEqual([]);
    expect(monthsFrom('2024-01', '2024-01')).toEqual([january]);
  });

  test('are asked for with days more at both ends', () => {
    expect(widened(january, 1)).toEqual({ from: '2023-12-31', to: '2024-02-01' });
    expect(widened(january, 0)).toEqual(january);
  });

  test('are written into the texts of a source', () => {
    expect(withWindow('{from}T00:00:00Z..{to} {after}{other}', january)).toBe(
      '2024-01-01T00:00:00Z..2024-01-31 2024-02-01{other}',
    );
  });
});

describe('the windows that are due on a day', () => {
  const due = (day: string, late_days: number, snapshot = false): string[] =>
    dueWindows({ late_days, snapshot }, day).map(({ from }) => from.slice(0, 7));

  test('are the last closed month, on whatever day', () => {
    expect(due('2024-02-01', 0)).toEqual(['2024-01']);
    expect(due('2024-02-29', 0)).toEqual(['2024-01']);
    expect(due('2024-01-01', 0)).toEqual(['2023-12']);
  });

  test('and each month for which records were to come when the months were pulled one month before', () => {
    // One pull on the first of February missed what becomes visible later.
    expect(due('2024-03-01', 1)).toEqual(['2024-01', '2024-02']);
    expect(due('2024-03-31', 3)).toEqual(['2024-01', '2024-02']);
    expect(due('2024-03-01', 31)).toEqual(['2024-01', '2024-02']);
    expect(due('2024-03-01', 32)).toEqual(['2023-12', '2024-01', '2024-02']);
    expect(due('2024-03-01', 63)).toEqual(['2023-11', '2023-12', '2024-01', '2024-02']);
  });

  test('leave no record out that is at most late_days late, whenever it becomes visible', () => {
    for (const late_days of [0, 1, 3, 28, 45, 100]) {
      const runs = monthsFrom('2023-01', '2024-12').map(({ from }) => from);
      for (const { from, to } of monthsFrom('2023-01', '2023-12')) {
        const visible = addDays(to, late_days);
        const pulls = runs.filter((run) =>
          dueWindows({ late_days, snapshot: false }, run).some((one) => one.from === from),
        );
        expect(
          pulls.some((run) => run > visible),
          `${from}, ${late_days} days late`,
        ).toBe(true);
        expect(pulls.filter((run) => run > visible)).toHaveLength(1);
      }
    }
  });

  test('are one for a snapshot', () => {
    expect(due('2024-03-01', 90, true)).toEqual(['2024-02']);
  });
});
