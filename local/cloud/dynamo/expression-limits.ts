import type { Validations } from './dynalite.ts';

const kinds = [
  'UpdateExpression',
  'ConditionExpression',
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
] as const;

type Kind = (typeof kinds)[number];
type Expressions = { readonly [kind in Kind]?: string } & {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
};

const mostBytes = 4_096;
const mostOperators = 300;
const mostOperands = 100;
const longestReference = 255;
const largestName = 65_535;

/** Makes dynalite check the sizes of expressions before it parses them. */
export const limitExpressions = (validations: Validations): void => {
  const { validateExpressions } = validations;
  validations.validateExpressions = (request) => problemOf(request) ?? validateExpressions(request);
};

const problemOf = (request: Expressions): string | undefined => {
  for (const kind of kinds) {
    const problem = request[kind] === undefined ? undefined : sizeProblem(kind, request[kind]);
    if (problem) return `Invalid ${kind}: ${problem}`;
  }
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = request;
  return (
    referenceProblem('ExpressionAttributeNames', names) ??
    referenceProblem('ExpressionAttributeValues', values) ??
    nameProblem(names)
  );
};

const sizeProblem = (kind: Kind, expression: string): string | undefined => {
  const bytes = Buffer.byteLength(expression);
  if (bytes > mostBytes)
    return `Expression size has exceeded the maximum allowed size; expression size: ${bytes}`;
  if (operatorsIn(kind, expression) > mostOperators)
    return `The expression contains too many operators; operator count: ${mostOperators + 1}`;
  const lists = [...expression.matchAll(/(?<![#:.\w])in\s*\(([^()]*)\)/gi)].map(([, list = '']) =>
    list.split(','),
  );
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return longest > mostOperands
    ? `The IN operator is provided with too many operands; number of operands: ${longest}`
    : undefined;
};

/** Comparisons and logical operators, but no functions; in an update, additions and subtractions. */
const operatorsIn = (kind: Kind, expression: string): number => {
  if (kind === 'UpdateExpression') return expression.match(/[+-]/g)?.length ?? 0;
  if (kind === 'ProjectionExpression') return 0;
  const found = expression.match(/<>|<=|>=|[=<>]|(?<![#:.\w])(?:and|or|not|between|in)(?!\w)/gi) ?? [];
  // The AND of a BETWEEN is no operator of its own.
  return found.length - found.filter((one) => one.toLowerCase() === 'between').length;
};

const referenceProblem = (member: string, given: Readonly<Record<string, unknown>>): string | undefined => {
  const long = Object.keys(given).find((key) => Buffer.byteLength(key) > longestReference);
  return long && `${member} contains invalid key: Syntax error; key: "${long}"`;
};

const nameProblem = (names: Readonly<Record<string, string>>): string | undefined => {
  const entry = Object.entries(names).find(([, name]) => attributeNameProblem(name));
  return (
    entry &&
    `ExpressionAttributeNames contains invalid value: ${attributeNameProblem(entry[1])} for key ${entry[0]}`
  );
};

/** What is wrong with the name of an attribute. */
export const attributeNameProblem = (name: string): string | undefined => {
  if (name === '') return 'Empty attribute name';
  return Buffer.byteLength(name) > largestName
    ? `Attribute name is too large, must be less than ${largestName + 1} bytes`
    : undefined;
};
