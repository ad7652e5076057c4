import { hasSqlDetails, loadModule, parseSync, type ScanToken, scanSync } from 'libpg-query';

/** PostgreSQL's own parser, whose language is the closest to Redshift's. */

/** A node of the syntax tree: its kind and its fields, with the parser's names. */
export type TreeNode = { readonly kind: string; readonly fields: Fields; readonly parent?: TreeNode };
export type Fields = Readonly<Record<string, unknown>>;

/** A statement that does not parse; `offset` in characters. */
export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError';

  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Loads the parser; call it once before anything else here. */
export const loadParser = (): Promise<void> => loadModule();

const mostKept = 1_000;

/** Keeps recent results: a text is read for linting, for its columns, for binding, and again when it is rendered again. */
const recent = <Result>(read: (sql: string) => Result): ((sql: string) => Result) => {
  const kept = new Map<string, Result>();
  return (sql) => {
    const known = kept.get(sql);
    if (known) return known;
    const result = read(sql);
    if (kept.size === mostKept) kept.clear();
    kept.set(sql, result);
    return result;
  };
};

/** The tokens of a text without comments; positions in bytes. */
export const tokensOf = recent((sql: string): readonly ScanToken[] =>
  scanSync(sql).tokens.filter(({ tokenName }) => !tokenName.endsWith('COMMENT')),
);

/** Every node of a text's statements, parents before children; throws `SqlSyntaxError`. */
export const nodesOf = (sql: string): TreeNode[] => {
  const nodes: TreeNode[] = [];
  for (const { stmt } of parse(sql)) collect(stmt, undefined, nodes);
  return nodes;
};

/** The first statement of a text; throws `SqlSyntaxError`. */
export const statementOf = (sql: string): TreeNode | undefined => nodesIn(parse(sql)[0]?.stmt)[0];

const parse = recent((sql: string): readonly { readonly stmt?: unknown }[] => {
  try {
    return parseSync(sql).stmts ?? [];
  } catch (error) {
    const offset = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
    throw new SqlSyntaxError(error instanceof Error ? error.message : String(error), offset);
  }
});

/** Fields whose value is a node without the wrapper that names its kind. */
const bareNodes: Readonly<Record<string, string>> = {
  typeName: 'TypeName',
  over: 'WindowDef',
  withClause: 'WithClause',
  alias: 'Alias',
  larg: 'SelectStmt',
  rarg: 'SelectStmt',
  intoClause: 'IntoClause',
  into: 'IntoClause',
  relation: 'RangeVar',
  rel: 'RangeVar',
  view: 'RangeVar',
};

const collect = (value: unknown, parent: TreeNode | undefined, nodes: TreeNode[]): void => {
  if (Array.isArray(value)) for (const item of value) collect(item, parent, nodes);
  if (!isFields(value)) return;
  for (const [kind, fields] of Object.entries(value))
    if (isKind(kind) && isFields(fields)) enter({ kind, fields, ...(parent && { parent }) }, nodes);
};

const enter = (node: TreeNode, nodes: TreeNode[]): void => {
  nodes.push(node);
  for (const [field, value] of Object.entries(node.fields)) {
    const kind = bareNodes[field];
    if (kind !== undefined && isFields(value) && !isWrapped(value))
      enter({ kind, fields: value, parent: node }, nodes);
    else collect(value, node, nodes);
  }
};

/** The sides of a join have the same names as those of a union, but have wrappers. */
const isWrapped = (value: Fields): boolean => Object.keys(value).every(isKind);

/** Kinds of nodes begin with a capital letter, names of fields do not. */
const isKind = (name: string): boolean => name.charCodeAt(0) <= 90;

/** True for an object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list of wrapped nodes as nodes. */
export const nodesIn = (value: unknown): TreeNode[] =>
  (Array.isArray(value) ? value : [value]).flatMap((item) =>
    isFields(item)
      ? Object.entries(item).flatMap(([kind, fields]) => (isFields(fields) ? [{ kind, fields }] : []))
      : [],
  );

/** The strings in a list of String nodes, such as the parts of a name. */
export const namesIn = (value: unknown): string[] =>
  nodesIn(value).map(({ kind, fields }) => (kind === 'A_Star' ? '*' : String(fields.sval ?? '')));

/** A fingerprint of a part of the tree that does not depend on its position. */
export const shapeOf = (value: unknown): string =>
  JSON.stringify(value, (key, item) => (key === 'location' ? undefined : item));

/** The position of a node in bytes: its own, or that of the nearest outer node. */
export const byteOffset = (node: TreeNode | undefined): number => {
  if (!node) return 0;
  const { location } = node.fields;
  return typeof location === 'number' && location >= 0 ? location : byteOffset(node.parent);
};
