import { describe, expect, it } from 'vitest';
import { martsOf, TwoMartsInOne } from '../../../functions/warehouse/marts.ts';
import {
  ancestorsOf,
  CircularReferences,
  datasetsOf,
  inOrderOfReferences,
} from '../../../functions/warehouse/references.ts';

const model = (name: string, refs: string[] = [], sources: string[] = [], mart?: string) => ({
  name,
  refs,
  sources,
  mart,
});
const models = [
  model('kpi', ['fact']),
  model('fact', ['stg_b', 'dim']),
  model('dim', ['stg_a']),
  model('stg_b', [], ['b']),
  model('stg_a', [], ['a']),
];

describe('inOrderOfReferences', () => {
  it('puts each model after those it refers to', () => {
    expect(inOrderOfReferences(models).map(({ name }) => name)).toEqual([
      'stg_a',
      'dim',
      'stg_b',
      'fact',
      'kpi',
    ]);
  });

  it('gives the same order whatever order they come in', () => {
    expect(inOrderOfReferences([...models].reverse())).toEqual(inOrderOfReferences(models));
  });

  it('names a circle', () => {
    const circular = [model('a', ['b']), model('b', ['c']), model('c', ['b'])];
    expect(() => inOrderOfReferences(circular)).toThrow(new CircularReferences(['b', 'c', 'b']));
  });
});

describe('what a model is made of', () => {
  it('is found through any number of references', () => {
    expect(
      ancestorsOf(models, 'kpi')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['dim', 'fact', 'stg_a', 'stg_b']);
    expect(datasetsOf(models, 'kpi')).toEqual(['a', 'b']);
    expect(datasetsOf(models, 'dim')).toEqual(['a']);
  });
});

const marts = (...members: Parameters<typeof martsOf>[0]) =>
  Object.fromEntries([...martsOf(members)].map(([name, names]) => [name, [...names].sort()]));

describe('martsOf', () => {
  it('keeps apart what shares no data, and gives a static model to all', () => {
    expect(
      marts(...models, model('stg_c', [], ['c']), model('dim_c', ['stg_c'], [], 'shop'), model('dim_date')),
    ).toEqual({
      a: ['dim', 'dim_date', 'fact', 'kpi', 'stg_a', 'stg_b'],
      shop: ['dim_c', 'dim_date', 'stg_c'],
    });
  });

  it('gives a static model to the one that refers to it', () => {
    const members = [
      model('stg_a', [], ['a']),
      model('x', ['stg_a', 'dim_date']),
      model('stg_b', [], ['b']),
      model('dim_date'),
    ];
    expect(marts(...members)).toEqual({ a: ['dim_date', 'stg_a', 'x'], b: ['stg_b'] });
  });

  it('joins what bears one name', () => {
    const members = [
      model('stg_a', [], ['a']),
      model('x', ['stg_a'], [], 'm'),
      model('stg_b', [], ['b'], 'm'),
    ];
    expect(marts(...members)).toEqual({ m: ['stg_a', 'stg_b', 'x'] });
  });

  it('rejects two names for models that refer to each other', () => {
    const members = [model('stg_a', [], ['a'], 'm'), model('x', ['stg_a'], [], 'n')];
    expect(() => martsOf(members)).toThrow(new TwoMartsInOne(['m', 'n']));
  });
});
