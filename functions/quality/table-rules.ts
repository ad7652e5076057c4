import { findsPattern, textLiteral } from './dialect.ts';
import { compileFigureCondition, exactOf } from './figure-condition.ts';
import { RulesetError } from './ruleset-error.ts';
import type { CompiledAtom, Scope } from './scope.ts';
import { compileShare } from './shares.ts';
import type { Atom, Quoted } from './syntax.ts';
import { columnOf } from './table.ts';

/** A rule about the table's columns, with the same result for every file. */
export const compileSchemaRule = (atom: Atom, scope: Scope): CompiledAtom => {
  const { columns } = scope.table;
  const [parameter] = atom.parameters;
  if (atom.type === 'ColumnCount' && atom.condition) {
    const count = String(columns.length);
    return { passed: `(${compileFigureCondition(count, atom.condition, exactOf)})`, metric: `'${count}'` };
  }
  if (!parameter) throw new TypeError(`${atom.type} was parsed without its parameter`);
  if (atom.type === 'ColumnExists')
    return { passed: String(columns.some(({ name }) => name === parameter.text)), metric: NO_METRIC };
  scope.checkPattern(parameter.raw, parameter.at);
  const matches = columns.map(({ name }) =>
    findsPattern(textLiteral(name, scope.dialect), parameter.raw, scope.dialect),
  );
  const matching = matches.map((match) => `case when ${match} then 1 else 0 end`).join(' + ');
  return {
    passed: `(${matching} = ${columns.length})`,
    metric: `cast(${matching} as string) || ' of ${columns.length}'`,
  };
};

const NO_METRIC = 'cast(null as string)';

const REFERENCE = /^([a-z][a-z0-9_]*)\.(?:\{([^{}]+)\}|([A-Za-z_][A-Za-z0-9_]*))$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The share of rows whose columns are all found in another silver table. */
export const compileReference = (atom: Atom, scope: Scope): CompiledAtom => {
  const [own, other] = atom.parameters;
  if (!own || !other) throw new TypeError('ReferentialIntegrity was parsed without its columns');
  const columns = namesIn(own.text).map((text) => columnOf(scope.table, { ...own, text }).sql);
  const { dataset, names } = referenceOf(atom);
  if (columns.length !== names.length)
    throw new RulesetError(`${columns.length} columns cannot refer to ${names.length}`, other.at);
  scope.references.add(dataset);
  const found = scope.measures.found(columns, `silver_${dataset}`, names);
  return compileShare(found, scope.measures.count('true'), atom.condition);
};

const namesIn = (list: string): readonly string[] => list.split(',').map((name) => name.trim());

/** The silver table and columns that a ReferentialIntegrity rule refers to, and their place in the rule. */
export const referenceOf = ({ parameters, at: start }: Atom) => {
  const { text, at }: Pick<Quoted, 'text' | 'at'> = parameters[1] ?? { text: '', at: start };
  const [, dataset, several, one] = REFERENCE.exec(text) ?? [];
  const names = namesIn(several ?? one ?? '');
  if (dataset === undefined || !names.every((name) => NAME.test(name)))
    throw new RulesetError('expected "dataset.column" or "dataset.{column,column}"', at);
  return { dataset, names, at };
};
