import { nameHint } from '../../functions/values/index.ts';
import { placeInSource } from '../sql/lines.ts';
import type { Problem } from '../sql/problem.ts';
import type { DescribedColumn, DescribedRelation } from './relations.ts';
import { type Written, type WrittenColumn, type WrittenModel, writtenFolder } from './written.ts';

/**
 * Problems of the descriptions: of names that do not exist, of texts that are there twice, and of columns without a text or a
 * unit in relations that are described. A relation is described if a file of `sql/descriptions/` names it.
 */
export const descriptionProblems = (
  relations: readonly DescribedRelation[],
  written: Written,
): readonly Problem[] => [
  ...written.problems,
  ...repeated(written.models),
  ...repeated(written.columns),
  ...written.models.flatMap((model) => modelProblems(model, relations)),
  ...written.columns.flatMap((column) => commonProblems(column, relations)),
  ...relations.flatMap((relation) => gaps(relation, relations)),
];

/** Which relations lack descriptions without being described at all: that is allowed. Undefined if none. */
export const descriptionNote = (relations: readonly DescribedRelation[]): string | undefined => {
  const names = relations
    .filter(({ written, columns }) => !written && columns.some(({ description }) => !description))
    .map(({ name }) => name);
  const shown = [...new Set(names)];
  if (shown.length === 0) return undefined;
  const more = shown.length > mostShown ? ` and ${shown.length - mostShown} more` : '';
  return `${writtenFolder} note: columns of ${shown.slice(0, mostShown).join(', ')}${more} have no description (docs/models.md, "Descriptions")`;
};

const mostShown = 5;

const repeated = (named: readonly Pick<WrittenModel, 'name' | 'place'>[]): Problem[] =>
  named.flatMap(({ name, place }, at) => {
    const first = named.findIndex((other) => other.name === name);
    const { file, line } = named[first]?.place ?? place;
    return first < at ? [{ ...place, message: `${name} is described twice: also in ${file}:${line}` }] : [];
  });

const modelProblems = (model: WrittenModel, relations: readonly DescribedRelation[]): Problem[] => {
  const own = relations.filter(({ name }) => name === model.name);
  if (own.length === 0) {
    const names = relations.map(({ name }) => name);
    return [{ ...model.place, message: `there is no model ${model.name}${nameHint(model.name, names)}` }];
  }
  return [
    ...repeated(model.columns),
    ...own.flatMap((relation) =>
      model.columns.flatMap((column) => columnProblems(column, relation, relations)),
    ),
  ];
};

const columnProblems = (
  { name, description, place }: WrittenColumn,
  relation: DescribedRelation,
  relations: readonly DescribedRelation[],
): Problem[] => {
  const column = relation.columns.find((one) => one.name === name);
  if (!column) {
    const names = relation.columns.map((one) => one.name);
    return [{ ...place, message: `${relation.name} has no column ${name}${nameHint(name, names)}` }];
  }
  const { origin } = column;
  const source = columnNamed(readAs(relations, origin?.relation ?? ''), origin?.column);
  return description !== undefined && description === source?.description
    ? [
        {
          ...place,
          message: `${name} has this text from ${origin?.relation}.${origin?.column}: remove it here`,
        },
      ]
    : [];
};

/** The relation that another one reads by a name: silver tables have a schema. */
const readAs = (relations: readonly DescribedRelation[], read: string): DescribedRelation | undefined =>
  relations.find(({ name, kind }) => (kind === 'silver' ? `silver.${name}` : name) === read);

const commonProblems = (
  { name, place }: WrittenColumn,
  relations: readonly DescribedRelation[],
): Problem[] =>
  relations.some(({ columns }) => columns.some((column) => column.name === name))
    ? []
    : [{ ...place, message: `no model has a column ${name}` }];

/** Numbers with a fraction are amounts, shares or measures of something. */
const needsUnit = ({ type, unit }: DescribedColumn): boolean =>
  unit === undefined && /^(decimal|double)/.test(type);

const columnNamed = (
  relation: DescribedRelation | undefined,
  column: string | undefined,
): DescribedColumn | undefined => relation?.columns.find(({ name }) => name === column);

const lackingIn = (column: DescribedColumn): string[] => [
  ...(column.description ? [] : ['description']),
  ...(needsUnit(column) ? ['unit'] : []),
];

/** What a column that is passed on lacks is missing where it comes from, if that is described. */
const gaps = (
  { name, columns, grain, file, written }: DescribedRelation,
  relations: readonly DescribedRelation[],
): Problem[] => {
  if (!written) return [];
  const { path, source } = file.file;
  const lacking = columns.flatMap((column, at) => {
    const above = readAs(relations, column.origin?.relation ?? '');
    const origin = above?.written && columnNamed(above, column.origin?.column);
    const reported = origin ? lackingIn(origin) : [];
    const words = lackingIn(column).filter((word) => !reported.includes(word));
    if (words.length === 0) return [];
    const offset = file.columns[at]?.offset ?? 0;
    const message = `${column.name} has no ${words.join(' and no ')}: add it to ${name} in ${written.place.file}`;
    return [{ file: path, ...placeInSource(source, file.marked[0] ?? '', offset), message }];
  });
  return grain === ''
    ? [...lacking, { file: path, line: 1, message: 'begins with no comment that says what one row is' }]
    : lacking;
};
