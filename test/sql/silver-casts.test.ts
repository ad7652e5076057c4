import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateField } from '../../functions/validation/fields/check.ts';
import { timestampFormats } from '../../functions/validation/fields/time.ts';
import { disguisedValues, rightValues } from '../functions/validation/dirty-values.ts';
import { canonicalText } from '../functions/validation/fields/reference.ts';
import { manifestOf } from '../functions/validation/fixture.ts';
import { describeSilverEngines } from './engines/describe-engines.ts';
import { type Relation, type Row, rowsOf } from './engines/engine.ts';
import { meaningOf } from './meanings.ts';
import { spellings } from './spellings.ts';
import { openModelTexts } from './templates.ts';

type Cast = {
  /** What a manifest says. */
  readonly field: { readonly type: string; readonly format?: string };
  /** The type that a silver model casts to. */
  readonly type: string;
  /** The macro that reads it; without one the landed text is cast. */
  readonly macro?: string;
};

const decimals = ['38,0', '38,38', '10,2', '2,2', '1,0', '19,1'];
const casts: readonly Cast[] = [
  { field: { type: 'int' }, type: 'bigint' },
  { field: { type: 'float' }, type: 'double precision' },
  { field: { type: 'bool' }, type: 'boolean' },
  { field: { type: 'string' }, type: 'varchar(3)' },
  ...decimals.map((size) => ({ field: { type: `decimal(${size})` }, type: `decimal(${size})` })),
  { field: { type: 'date' }, type: 'date' },
  ...timestampFormats.map((format) => ({ field: { type: 'timestamp', format }, type: 'timestamp' })),
  { field: { type: 'timestamptz' }, type: 'timestamp', macro: 'utc' },
];

const fieldOf = ({ field }: Cast) => {
  const [found] = manifestOf({ fields: { a: field } }).fields;
  if (!found) throw new Error('the manifest names no field');
  return found;
};

/** Texts that the validator lets pass, out of many that look alike. */
const acceptedTexts = (cast: Cast): fc.Arbitrary<readonly string[]> => {
  const field = fieldOf(cast);
  const validate = validateField(field);
  const known = [...rightValues(field), ...disguisedValues(field)];
  return fc
    .array(spellings(field.type), { minLength: 1500, maxLength: 1500 })
    .map((made) =>
      [...new Set([...known, ...made])].filter(
        (text) => text !== '' && validate.violation(text) === undefined,
      ),
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

const written = (type: string): string => type.replace('double precision', '{{ double() }}');
const read = ({ macro }: Cast, at: number): string =>
  macro === undefined ? `text_${at}` : `{{ ${macro}('text_${at}') }}`;
const values = casts.map((cast, at) => `cast(${read(cast, at)} as ${written(cast.type)}) as value_${at}`);
const silver = `select id, ${values.join(', ')} from landed_texts order by id`;
const kinds = Object.fromEntries(casts.map(({ type }, at) => [`value_${at}`, meaningOf(type).kind]));

/** What a text says; offsets are read by a reference of their own. */
const meant = (cast: Cast, text: string): unknown => {
  const moment = cast.field.type === 'timestamptz' ? canonicalText(fieldOf(cast), text) : text;
  return meaningOf(cast.type).means(moment);
};

const misread = (texts: readonly (readonly string[])[], rows: readonly Row[]): unknown[] =>
  casts.flatMap((cast, at) =>
    (texts[at] ?? [])
      .map((text, id) => ({
        ...cast.field,
        text,
        value: rows[id]?.[`value_${at}`],
        means: meant(cast, text),
      }))
      .filter((found) => !Object.is(found.value, found.means)),
  );

describeSilverEngines('the casts of silver', (engine) => {
  test('read every text that the validator accepts as the value that it says', async () => {
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
