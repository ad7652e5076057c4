import type { Kind } from './engines/engine.ts';

/** How engines show the values of a type, and the value that a landed text stands for. */
export type Meaning = { readonly kind: Kind; readonly means: (text: string) => unknown };

const same = (text: string): string => text;

const toScale =
  (scale: number) =>
  (text: string): string => {
    const [whole = '', fraction = ''] = text.split('.');
    const shown = scale > 0 ? `${whole}.${fraction.padEnd(scale, '0')}` : whole;
    return /[1-9]/.test(shown) ? shown : shown.replace('-', '');
  };

const toMicroseconds = (text: string): string => {
  const [moment = '', fraction = ''] = text.replace('Z', '').replace('T', ' ').split('.');
  return `${moment}.${fraction.padEnd(6, '0')}`;
};

const meanings: Readonly<Record<string, Meaning>> = {
  bigint: { kind: 'text', means: (text) => String(BigInt(text)) },
  'double precision': { kind: 'double', means: Number },
  boolean: { kind: 'boolean', means: (text) => text.toLowerCase() === 'true' },
  date: { kind: 'text', means: same },
  timestamp: { kind: 'timestamp', means: toMicroseconds },
};

/** What a text of a silver column says, by the column's type as a catalog has it. */
export const meaningOf = (type: string): Meaning => {
  const scale = /^decimal\(\d+, ?(\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined) return { kind: 'decimal', means: toScale(Number(scale)) };
  return meanings[type] ?? { kind: 'text', means: same };
};
