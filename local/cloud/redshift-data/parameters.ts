import { literal } from '../../../functions/values/index.ts';
import { ServiceError } from '../protocol.ts';

export type Parameter = { readonly name: string; readonly value: string };

/** First text, quoted names, comments and casts, in which a colon is not a parameter; then the parameter. */
const tokens =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|::|:([A-Za-z_]\w*)/g;

/**
 * Replaces `:name` by values in each statement. A value is text whose type depends on its place, as in Redshift; so it becomes
 * a quoted literal, not a typed parameter. Throws ValidationException for a name without a value, or a value without a name.
 */
export const bindParameters = (sqls: readonly string[], parameters: readonly Parameter[]): string[] => {
  const values = new Map(parameters.map(({ name, value }) => [name, value]));
  const unused = new Set(values.keys());
  const bind = (sql: string): string =>
    sql.replace(tokens, (token: string, _tag, name?: string) => {
      if (name === undefined || parameters.length === 0) return token;
      const value = values.get(name);
      if (value === undefined)
        throw new ServiceError('ValidationException', `Cannot find parameter: ${name}`);
      unused.delete(name);
      return literal(value);
    });
  const bound = sqls.map(bind);
  if (unused.size === 0) return bound;
  throw new ServiceError(
    'ValidationException',
    `Parameters list contains unused parameters. Unused parameters: [${[...unused].join(', ')}]`,
  );
};
