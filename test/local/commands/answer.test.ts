import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { printable } from '../../../local/commands/answer.ts';

test('a line shows what would move the cursor or turn the text around, and keeps its colours', () => {
  const colour = styleText('red', 'parked', { validateStream: false });
  expect(printable(`a\nb\r\u001b[2J\u009b1A\u202egpj.csv ${colour} é`)).toBe(
    `a\\u000ab\\u000d\\u001b[2J\\u009b1A\\u202egpj.csv ${colour} é`,
  );
  expect(printable('a\n[1mb')).toBe('a\\u000a[1mb');
});
