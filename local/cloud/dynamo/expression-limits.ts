import type { Validations } from './dynalite.ts';

type Expressions = {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
};

const longestReference = 255;
const largestName = 65_535;

/** Makes dynalite check the names in expressions; `expressions.ts` limits the expressions themselves. */
export const limitExpressions = (validations: Validations): void => {
  const { validateExpressions } = validations;
  validations.validateExpressions = (request) => problemOf(request) ?? validateExpressions(request);
};

const problemOf = (request: Expressions): string | undefined => {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = request;
  return (
    referenceProblem('ExpressionAttributeNames', names) ??
    referenceProblem('ExpressionAttributeValues', values) ??
    nameProblem(names)
  );
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
