import { redshiftReservedWords } from '../../functions/values/index.ts';
import { byteOffset, isFields, namesIn, type TreeNode, type tokensOf } from '../sql/tree.ts';

const reserved = redshiftReservedWords();

/** Words that are not reserved and still cannot always be the alias of a relation. */
const riskyAliases: ReadonlySet<string> = new Set(['start', 'connect']);

/** A place that Redshift rejects or reads differently; `offset` in bytes. */
export type Place = { readonly offset: number; readonly message: string };

/** Finds such places among the nodes and the tokens of a text. */
export type Finder = (nodes: readonly TreeNode[], tokens: ReturnType<typeof tokensOf>) => readonly Place[];

/** System columns of PostgreSQL, which no column may be called. */
const systemColumns: ReadonlySet<string> = new Set([
  ...['oid', 'tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'],
]);

const longest = 127;

/** The names that a node gives or reads: of columns, relations, schemas, aliases. */
const givenBy = ({ kind, fields }: TreeNode): string[] => {
  const texts = (values: readonly unknown[]): string[] => values.filter((one) => typeof one === 'string');
  if (kind === 'ColumnRef') return namesIn(fields.fields).filter((name) => name !== '*');
  if (kind === 'ResTarget') return texts([fields.name]);
  if (kind === 'RangeVar') return texts([fields.schemaname, fields.relname]);
  if (kind === 'CommonTableExpr') return [...texts([fields.ctename]), ...namesIn(fields.aliascolnames)];
  if (kind === 'Alias') return [...texts([fields.aliasname]), ...namesIn(fields.colnames)];
  if (kind === 'ColumnDef') return texts([fields.colname]);
  if (kind === 'AlterTableCmd') return texts([fields.name]);
  return [];
};

/** Names of a text with what is wrong with them, in bytes; `problem` says it of one name. */
const findNames =
  (problem: (name: string, node: TreeNode) => string | false): Finder =>
  (nodes) =>
    nodes.flatMap((node) =>
      givenBy(node).flatMap((name) => {
        const message = problem(name, node);
        return message === false ? [] : [{ offset: byteOffset(node), message }];
      }),
    );

/** What to say of a name that is reserved; false if it is not. */
export const reservedName = (name: string): string | false =>
  reserved.has(name.toLowerCase()) &&
  `${name} is a reserved word of Redshift: use another name, such as ${another(name)}`;

export const reservedNames = findNames((name, node) => reservedName(name) || riskyAlias(name, node));

const riskyAlias = (name: string, { kind }: TreeNode): string | false =>
  kind === 'Alias' &&
  riskyAliases.has(name.toLowerCase()) &&
  `${name} is not always read as an alias on Redshift: use another name`;

/** What to say of a name that is too long; false if it is not. */
export const longName = (name: string): string | false =>
  Buffer.byteLength(name) > longest &&
  `the name ${name.slice(0, 30)}… has more than ${longest} bytes: Redshift cuts it off`;

/** Names that are too long, by the tokens: the parser itself cuts names off. */
export const longNames: Finder = (_, tokens) =>
  tokens.flatMap(({ tokenName, text, start }) => {
    const message = tokenName === 'IDENT' && longName(text);
    return message ? [{ offset: start, message }] : [];
  });

export const systemNames = findNames(
  (name) =>
    systemColumns.has(name.toLowerCase()) &&
    `${name} is the name of a system column: use another name, such as ${another(name)}`,
);

const another = (name: string): string =>
  /^(explicit|open|new|old)$/i.test(name) ? `is_${name}` : `${name}_value`;

/** True if a part of a tree has a node of one of the kinds. */
export const holds = (value: unknown, kinds: readonly string[]): boolean => {
  if (Array.isArray(value)) return value.some((item) => holds(item, kinds));
  if (!isFields(value)) return false;
  return Object.entries(value).some(([key, item]) => kinds.includes(key) || holds(item, kinds));
};
