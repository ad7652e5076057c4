import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  QualityResult,
  QualitySpec,
  TablesResult,
  TablesSpec,
  TransformResult,
  TransformSpec,
} from '../../functions/pipeline/spec.ts';

const python = readFileSync('glue/spec.py', 'utf8');

/** Fields of each TypedDict, by their Python types. */
const classes = new Map(
  [...python.matchAll(/^class (\w+)\(TypedDict\):\n((?: {4}.*\n|\n)+)/gm)].map(([, name = '', body = '']) => [
    name,
    Object.fromEntries(
      [...body.matchAll(/^ {4}(\w+): (.+)$/gm)].map(([, field = '', type = '']) => [field, type]),
    ),
  ]),
);

type Shape = string | readonly [Shape] | { readonly [name: string]: Shape };

/** A Python type as its shape: lists as one element, classes as their fields, with `?` behind what may be absent. */
const shapeOfPython = (type: string): Shape => {
  const optional = /^NotRequired\[(.+)\]$/.exec(type)?.[1];
  if (optional !== undefined) return shapeOfPython(optional);
  const item = /^list\[(.+)\]$/.exec(type)?.[1];
  if (item !== undefined) return [shapeOfPython(item)];
  const values = /^dict\[str, (.+)\]$/.exec(type)?.[1];
  if (values !== undefined) return { '*': shapeOfPython(values) };
  const fields = classes.get(type);
  if (!fields) return type;
  return Object.fromEntries(
    Object.entries(fields).map(([name, one]) => [
      one.startsWith('NotRequired[') ? `${name}?` : name,
      shapeOfPython(one),
    ]),
  );
};

type Json = {
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Json[];
  readonly items?: Json;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Json | boolean;
};

const scalars: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  boolean: 'bool',
  null: 'None',
};

/** The same of a JSON Schema. */
const shapeOfSchema = (schema: Json): Shape => {
  const { type = '', items, properties, required = [], additionalProperties } = schema;
  const literals = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (literals) return `Literal[${literals.map((one) => JSON.stringify(one)).join(', ')}]`;
  if (schema.anyOf) return schema.anyOf.map(shapeOfSchema).join(' | ');
  if (items) return [shapeOfSchema(items)];
  if (properties)
    return Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [
        required.includes(name) ? name : `${name}?`,
        shapeOfSchema(one),
      ]),
    );
  if (typeof additionalProperties === 'object') return { '*': shapeOfSchema(additionalProperties) };
  return [type]
    .flat()
    .map((one) => scalars[one] ?? one)
    .join(' | ');
};

const contracts = [
  ['TransformSpec', TransformSpec],
  ['TransformResult', TransformResult],
  ['QualitySpec', QualitySpec],
  ['QualityResult', QualityResult],
  ['TablesSpec', TablesSpec],
  ['TablesResult', TablesResult],
] as const;

describe('the contract between the functions and the jobs', () => {
  test.each(contracts)('has the same fields in both languages: %s', (name, schema) => {
    const json = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Json;
    expect(shapeOfPython(name)).toEqual(shapeOfSchema(json));
  });

  test('leaves no TypedDict beside it', () => {
    const reached = new Set<string>();
    const visit = (name: string): void => {
      reached.add(name);
      for (const type of Object.values(classes.get(name) ?? {}))
        for (const [inner = ''] of type.matchAll(/\w+/g)) if (classes.has(inner)) visit(inner);
    };
    for (const name of contracts.map(([one]) => one)) visit(name);
    expect([...classes.keys()].filter((name) => !reached.has(name))).toEqual([]);
  });
});
