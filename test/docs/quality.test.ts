import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULE_TYPES, type Signature } from '../../functions/quality/rule-types.ts';
import { DIFFERENCES } from '../glue/differences.ts';

const text = readFileSync(new URL('../../docs/quality.md', import.meta.url), 'utf8');

/** The cells of the rows of a section's first table. */
const tableIn = (heading: string): string[][] => {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).map((line) =>
    line
      .slice(2, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
};

const rows = tableIn('Rule by rule');
const typeIn = ([cell = '']: string[]) => /^`(\w+)/.exec(cell)?.[1] ?? cell;

describe('docs/quality.md', () => {
  it('has a row for every rule type that is supported, and for no other', () => {
    expect([...new Set(rows.map(typeIn))]).toEqual(Object.keys(RULE_TYPES));
  });

  it.each(Object.entries<Signature>(RULE_TYPES))('says what %s takes', (type, { where, threshold }) => {
    const takes = rows.filter((row) => typeIn(row) === type).map(([, cell = '']) => cell);
    expect(takes.some((cell) => cell.includes('where'))).toBe(where);
    expect(takes.some((cell) => cell.includes('threshold'))).toBe(threshold);
  });

  it('lists the differences from Deequ that the conformance test knows', () => {
    expect(tableIn('Where Deequ differs').map(([about]) => about)).toEqual(
      DIFFERENCES.map(({ about }) => about),
    );
  });
});
