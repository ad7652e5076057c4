import { isIdentifier } from './column-names.ts';
import type { InferredColumn, InferredTable } from './inferred.ts';
import type { SilverColumn } from './silver-columns.ts';
import { silverKey } from './silver-sql.ts';

/** The text of a first `quality.dqdl`: rules that hold for the samples, and further rules as comments. */
export const rulesetText = (table: InferredTable): string => {
  const rules = rulesOf(table);
  const wanted = table.columns.flatMap(suggestionOf);
  return [
    `# What must be true of a file of ${table.dataset} before it is published.`,
    '# Guessed from samples: make rules stricter where you can, delete those that hold by chance.',
    'Rules = [',
    rules.map((rule) => `  ${rule}`).join(',\n'),
    ...(wanted.length > 0
      ? ['  # these hold for the samples, too; to use one, put a comma after the rule before it']
      : []),
    ...wanted.map((rule) => `  # ${rule}`),
    ']',
    '',
  ].join('\n');
};

const quoted = (name: string): string => `"${name}"`;

const rulesOf = (table: InferredTable): string[] => {
  const { columns, key, exploded } = table;
  const names = silverKey(table);
  const isKeyed = key.kind === 'found' && names.length >= key.columns.length;
  const primary = `IsPrimaryKey ${names.map(quoted).join(' ')}${exploded === undefined ? '' : ofItems}`;
  return [
    'RowCount > 0',
    ...(isKeyed ? [primary] : []),
    ...columns.flatMap((column) =>
      columnRules(column, isKeyed && exploded === undefined && key.columns.includes(column.name)),
    ),
  ];
};

const ofItems = ' where "item_number is not null"';

const columnRules = ({ silver, required, limits, type }: InferredColumn, isInKey: boolean): string[] => {
  if (!silver) return [];
  const name = quoted(silver.name);
  return [
    ...(required && !type.numbers && !isInKey ? [`IsComplete ${name}${silver.isItem ? ofItems : ''}`] : []),
    ...(type.type === 'string' && limits.length !== undefined
      ? [`ColumnLength ${name} = ${limits.length}`]
      : []),
    ...(limits.min !== undefined && !isIdentifier(silver.name)
      ? [`ColumnValues ${name} >= ${limits.min}${unlessEmpty(silver, required)}`]
      : []),
  ];
};

const unlessEmpty = ({ name, isItem }: SilverColumn, required: boolean): string => {
  if (!required) return ` where "${name} is not null"`;
  return isItem ? ofItems : '';
};

const mostListed = 8;

/** Few names that occur again and again, and columns that are nearly always present. */
const suggestionOf = ({ silver, type, limits, required, personal, profile }: InferredColumn): string[] => {
  if (!silver) return [];
  const name = quoted(silver.name);
  const { counts, values, empty } = profile;
  const listed = [...(counts ?? [])];
  const isList =
    type.type === 'string' &&
    personal === undefined &&
    limits.one_of === undefined &&
    listed.length > 0 &&
    listed.length <= mostListed &&
    values >= listed.length * 20 &&
    listed.every(([text]) => /^[^"\\\p{Cc}]+$/u.test(text));
  const texts = listed.map(([text]) => `"${text}"`).sort();
  const among = `ColumnValues ${name} in [${texts.join(', ')}]${unlessEmpty(silver, required)}`;
  const share = Math.floor((values / (values + empty)) * 10) / 10;
  return [
    ...(isList ? [among] : []),
    ...(!required && values > 0 && share >= 0.5
      ? [`Completeness ${name} >= ${share}${silver.isItem ? ofItems : ''}`]
      : []),
  ];
};
