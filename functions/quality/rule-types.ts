/** What may follow the name of a rule type. */
export type Signature = {
  readonly parameters: readonly [least: number, most: number];
  readonly condition: 'none' | 'number' | 'optional number' | 'text' | 'duration' | 'any';
  readonly where: boolean;
  readonly threshold: boolean;
};

const signature = (
  parameters: Signature['parameters'],
  condition: Signature['condition'],
  allowed: { where?: boolean; threshold?: boolean } = {},
): Signature => ({ parameters, condition, where: false, threshold: false, ...allowed });

const where = true;
const threshold = true;
const ANY_NUMBER = 64;

/** Every supported rule type, with its signature; other rule types of the language are rejected by name. */
export const RULE_TYPES = {
  IsComplete: signature([1, 1], 'none', { where }),
  Completeness: signature([1, 1], 'number', { where }),
  IsUnique: signature([1, ANY_NUMBER], 'none', { where }),
  IsPrimaryKey: signature([1, ANY_NUMBER], 'none', { where }),
  Uniqueness: signature([1, ANY_NUMBER], 'number', { where }),
  UniqueValueRatio: signature([1, 1], 'number', { where }),
  ColumnLength: signature([1, 1], 'number', { where, threshold }),
  ColumnValues: signature([1, 1], 'any', { where, threshold }),
  ColumnDataType: signature([1, 1], 'text', { where, threshold }),
  DataFreshness: signature([1, 1], 'duration', { where }),
  RowCount: signature([0, 0], 'number', { where }),
  DistinctValuesCount: signature([1, 1], 'number', { where }),
  Mean: signature([1, 1], 'number', { where }),
  Sum: signature([1, 1], 'number', { where }),
  StandardDeviation: signature([1, 1], 'number', { where }),
  Entropy: signature([1, 1], 'number', { where }),
  ColumnExists: signature([1, 1], 'none'),
  ColumnCount: signature([0, 0], 'number'),
  ColumnNamesMatchPattern: signature([1, 1], 'none'),
  ReferentialIntegrity: signature([2, 2], 'optional number'),
  CustomSql: signature([1, 1], 'optional number', { threshold }),
} satisfies Record<string, Signature>;

export type RuleType = keyof typeof RULE_TYPES;

/** Whether a word is a supported rule type. */
export const isRuleType = (word: string): word is RuleType => Object.hasOwn(RULE_TYPES, word);
