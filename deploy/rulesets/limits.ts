import {
  type Atom,
  type Condition,
  columnOf,
  missingColumn,
  type Position,
  parseRuleset,
  type Rule,
  RulesetError,
  type Table,
} from '../../functions/quality/index.ts';
import {
  candidates,
  columnDomain,
  counts,
  type Domain,
  type Limit,
  limitOf,
  numbers,
  type Point,
  positives,
  shares,
  unit,
} from './values.ts';

/** What something must be, by a rule or by the manifest (`at` undefined). */
export type Bound = {
  /** The subject of a limit, such as `values of "price"`; limits of one subject belong together. */
  readonly subject: string;
  readonly domain: Domain;
  readonly limit: Limit;
  readonly at?: Position;
};

/**
 * Rules that no file can meet, alone or together with earlier rules or with the manifest, and rules that every file meets. The
 * ruleset must compile for the table.
 */
export const limitProblems = (ruleset: string, table: Table, given: readonly Bound[]): RulesetError[] => {
  const rules = parseRuleset(ruleset).map(({ rule }) => rule);
  const all = rules.flatMap(atomsIn);
  const alone = all.flatMap((atom) => [...aloneProblems(atom, table), ...fixedProblems(atom, table)]);
  const impossible = new Set(alone.map(({ line, column }) => `${line}:${column}`));
  const joint = rules.flatMap(requiredAtoms).filter(({ at }) => !impossible.has(`${at.line}:${at.column}`));
  return [
    ...alone,
    ...jointProblems(
      joint.flatMap((atom) => boundsOf(atom, table)),
      given,
    ),
  ];
};

const atomsIn = (rule: Rule): Atom[] => (rule.kind === 'atom' ? [rule] : rule.parts.flatMap(atomsIn));

/** Rules that must each hold: all except the parts of an `or`. */
const requiredAtoms = (rule: Rule): Atom[] => {
  if (rule.kind === 'atom') return [rule];
  return rule.kind === 'and' ? rule.parts.flatMap(requiredAtoms) : [];
};

const shareTypes = new Set(['Completeness', 'Uniqueness', 'UniqueValueRatio', 'ReferentialIntegrity']);
const figureDomains: Readonly<Record<string, Domain>> = {
  RowCount: counts,
  DistinctValuesCount: counts,
  ColumnLength: counts,
  StandardDeviation: positives,
  Entropy: positives,
  Mean: numbers,
  Sum: numbers,
};

/** The domain of the value in a rule's condition; undefined if it is not analyzed. */
const domainOf = ({ type, parameters }: Atom, table: Table): Domain | undefined => {
  if (shareTypes.has(type)) return shares;
  const [column] = parameters;
  if (type === 'ColumnValues' && column) return columnDomain(columnOf(table, column));
  return figureDomains[type];
};

const aloneProblems = (atom: Atom, table: Table): RulesetError[] => {
  const { type, condition, threshold, at } = atom;
  const domain = domainOf(atom, table);
  return [
    ...(domain && condition ? emptyOrFull(condition, domain, type === 'ColumnValues', type, at) : []),
    ...(threshold ? emptyOrFull(threshold, shares, false, 'its threshold', at) : []),
  ];
};

const emptyOrFull = (
  condition: Condition,
  domain: Domain,
  isOfRows: boolean,
  what: string,
  at: Position,
): RulesetError[] => {
  const limit = limitOf(condition, domain);
  if (!limit) return [];
  const points = candidates(domain, limit.names);
  const held = points.filter(limit.holds);
  if (held.length === 0) return [new RulesetError(`can never pass: ${why(condition, domain, what)}`, at)];
  if (!isOfRows && held.length === points.length)
    return [
      new RulesetError(`can never fail: ${what} always holds; remove the rule or make it stricter`, at),
    ];
  return [];
};

const why = (condition: Condition, domain: Domain, what: string): string => {
  if (domain === shares) return `${what} is a share from 0 to 1 (90 % is 0.9)`;
  if (condition.kind === 'between')
    return 'between excludes both bounds, and there is no value strictly between them';
  return `no ${domain.step > 0n ? 'such whole value' : 'value'} is possible`;
};

/** Rules whose result depends only on the table. */
const fixedProblems = ({ type, parameters, at, condition }: Atom, table: Table): RulesetError[] => {
  const [parameter] = parameters;
  const names = table.columns.map(({ name }) => name);
  if (type === 'ColumnExists' && parameter && !names.includes(parameter.text))
    return [new RulesetError(`can never pass: ${missingColumn(table, parameter.text)}`, parameter.at)];
  if (type !== 'ColumnCount' || !condition) return [];
  const limit = limitOf(condition, counts);
  const count = BigInt(names.length) * unit;
  return limit && !limit.holds(count)
    ? [new RulesetError(`can never pass: ${table.dataset} has ${names.length} columns, lineage included`, at)]
    : [];
};

const notNull: Limit = { names: [], holds: (point: Point) => point !== null };

/** What a rule requires of each row, or of the whole file. */
const boundsOf = (atom: Atom, table: Table): Bound[] => {
  const { type, parameters, condition, threshold, where, at } = atom;
  if (threshold) return [];
  const scope = where ? ` where "${where.text.trim()}"` : '';
  const names = parameters.map(({ text }) => `"${text}"`).join(' ');
  const bound = (what: string, domain: Domain | undefined, limit: Limit | undefined): Bound[] =>
    domain && limit ? [{ subject: `${what}${scope}`, domain, limit, at }] : [];
  if (type === 'IsComplete' || type === 'IsPrimaryKey')
    return parameters.flatMap((parameter) => [
      ...bound(`values of "${parameter.text}"`, columnDomain(columnOf(table, parameter)), notNull),
      ...bound(`Completeness "${parameter.text}"`, shares, exactly(shares.most ?? 0n)),
      ...(type === 'IsPrimaryKey' ? bound(`Uniqueness ${names}`, shares, exactly(shares.most ?? 0n)) : []),
    ]);
  if (type === 'IsUnique') return bound(`Uniqueness ${names}`, shares, exactly(shares.most ?? 0n));
  const domain = domainOf(atom, table);
  if (!domain || !condition) return [];
  const what = type === 'ColumnValues' ? `values of ${names}` : `${type} ${names}`.trim();
  return bound(what, domain, limitOf(condition, domain));
};

const exactly = (point: bigint): Limit => ({ names: [point], holds: (value) => value === point });

/** Rules that leave no value that the manifest and the earlier rules allow. */
const jointProblems = (bounds: readonly Bound[], given: readonly Bound[]): RulesetError[] =>
  bounds.flatMap((bound, index) => {
    const before = [...given, ...bounds.slice(0, index)].filter(
      ({ subject, domain }) => subject === bound.subject && domain.words === bound.domain.words,
    );
    if (before.length === 0 || !isEmpty([bound, ...before]) || isEmpty(before)) return [];
    const rival = before.find((one) => isEmpty([bound, one]));
    const whose = rival?.at
      ? `the rule in line ${rival.at.line}`
      : rival
        ? 'what the manifest accepts'
        : 'the rules before it';
    return bound.at
      ? [
          new RulesetError(
            `can never pass together with ${whose}: no ${bound.subject.replace(/^values of/, 'value of')} meets both`,
            bound.at,
          ),
        ]
      : [];
  });

const isEmpty = (bounds: readonly Bound[]): boolean => {
  const [first] = bounds;
  if (!first) return false;
  const domains = bounds.map(({ domain }) => domain);
  const points = candidates(
    { ...first.domain, mayBeNull: domains.every(({ mayBeNull }) => mayBeNull) },
    bounds.flatMap(({ limit }) => limit.names),
  );
  return !points.some((point) => bounds.every(({ limit }) => limit.holds(point)));
};
