import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { oneLine, printable } from '../../../cli/output/answer.ts';

test('lines show what would move the cursor or turn the text around, and keep their colours', () => {
  const colour = styleText('red', 'parked', { validateStream: false });
  expect(printable(`a\r\u001b[2J\u009b1A\u202egpj.csv ${colour} é\n[1m`)).toBe(
    `a\\u000d\\u001b[2J\\u009b1A\\u202egpj.csv ${colour} é\n[1m`,
  );
  expect(printable('a\r[1mb')).toBe('a\\u000d[1mb');
});

test('a name breaks no line', () => {
  expect(oneLine('data/a\nb.csv')).toBe('data/a\\u000ab.csv');
});
