import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldType } from '../../functions/domain/field/field.ts';
import { judgeField } from '../../functions/domain/field/field-judge.ts';
import { timestampFormats } from '../../functions/domain/field/field-time.ts';
import { disguisedValues, rightValues } from '../functions/domain/judge/dirty-values.ts';
import { manifestOf } from '../functions/domain/judge/judge-fixture.ts';
import { describeSilverEngines, type Kind, type Relation, type Row, rowsOf } from './engines.ts';
import { spellings } from './spellings.ts';
import { openModelTexts } from './templates.ts';

type Cast = {
  /** What a manifest says. */
  readonly field: { readonly type: string; readonly format?: string };
  /** The type that a silver model casts to. */
  readonly sql: string;
  readonly kind: Kind;
  /** The value of a text, as every engine has to show it. */
  readonly means: (text: string) => unknown;
};

const toScale =
  (scale: number) =>
  (text: string): string => {
    const [whole = '', fraction = ''] = text.split('.');
    const padded = fraction.padEnd(scale, '0');
    const shown = scale > 0 ? `${whole}.${padded}` : whole;
    return /[1-9]/.test(shown) ? shown : shown.replace('-', '');
  };

const toMicroseconds = (text: string): string => {
  const [moment = '', fraction = ''] = text.replace('Z', '').replace('T', ' ').split('.');
  return `${moment}.${fraction.padEnd(6, '0')}`;
};

const decimal = (precision: number, scale: number): Cast => ({
  field: { type: `decimal(${precision},${scale})` },
  sql: `decimal(${precision}, ${scale})`,
  kind: 'decimal',
  means: toScale(scale),
});

const casts: readonly Cast[] = [
  { field: { type: 'int' }, sql: 'bigint', kind: 'text', means: (text) => String(BigInt(text)) },
  { field: { type: 'float' }, sql: '{{ double() }}', kind: 'double', means: Number },
  {
    field: { type: 'bool' },
    sql: 'boolean',
    kind: 'boolean',
    means: (text) => text.toLowerCase() === 'true',
  },
  { field: { type: 'string' }, sql: 'varchar(3)', kind: 'text', means: (text) => text },
  ...[decimal(38, 0), decimal(38, 38), decimal(10, 2), decimal(2, 2), decimal(1, 0), decimal(19, 1)],
  { field: { type: 'date' }, sql: 'date', kind: 'text', means: (text) => text },
  ...timestampFormats.map(
    (format): Cast => ({
      field: { type: 'timestamp', format },
      sql: 'timestamp',
      kind: 'timestamp',
      means: toMicroseconds,
    }),
  ),
];

const fieldOf = ({ field }: Cast) => {
  const [found] = manifestOf({ fields: { a: field } }).fields;
  if (!found) throw new Error('the manifest names no field');
  return found;
};

/** Texts that the judge lets pass, out of many that look alike. */
const acceptedTexts = (cast: Cast): fc.Arbitrary<readonly string[]> => {
  const field = fieldOf(cast);
  const judge = judgeField(field);
  const known = [...rightValues(field), ...disguisedValues(field)];
  const type: FieldType = field.type;
  return fc
    .array(spellings(type), { minLength: 1500, maxLength: 1500 })
    .map((made) =>
      [...new Set([...known, ...made])].filter((text) => text !== '' && judge.fault(text) === undefined),
    );
};

/** One row holds a text of each column; a column with fewer ends with NULLs. */
const landedTexts = (columns: readonly (readonly string[])[]): Relation => ({
  name: 'landed_texts',
  columns: { id: 'bigint', ...Object.fromEntries(columns.map((_, at) => [`text_${at}`, 'varchar'])) },
  rows: Array.from({ length: Math.max(...columns.map(({ length }) => length)) }, (_, id) => ({
    id,
    ...Object.fromEntries(columns.map((texts, at) => [`text_${at}`, texts[id] ?? null])),
  })),
});

const silver = `select id, ${casts.map(({ sql }, at) => `cast(text_${at} as ${sql}) as value_${at}`).join(', ')}
  from landed_texts order by id`;
const kinds = Object.fromEntries(casts.map(({ kind }, at) => [`value_${at}`, kind]));

const misread = (texts: readonly (readonly string[])[], rows: readonly Row[]): unknown[] =>
  casts.flatMap(({ field, means }, at) =>
    (texts[at] ?? [])
      .map((text, id) => ({ ...field, text, value: rows[id]?.[`value_${at}`], means: means(text) }))
      .filter((found) => !Object.is(found.value, found.means)),
  );

describeSilverEngines('the casts of silver', (engine) => {
  test('read every text that the judge accepts as the value that it says', async () => {
    const render = await openModelTexts();
    await fc.assert(
      fc.asyncProperty(fc.tuple(...casts.map(acceptedTexts)), async (texts) => {
        for (const own of texts) expect(own.length).toBeGreaterThan(5);
        const relations = [landedTexts(texts)];
        const question = { relations, sql: render(silver, engine.type), columns: kinds };
        expect(misread(texts, await rowsOf(engine, question))).toEqual([]);
      }),
      { numRuns: 1, endOnFailure: true },
    );
  }, 120_000);
});
