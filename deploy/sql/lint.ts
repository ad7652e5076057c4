import { silverRules, textRules } from '../redshift/text-rules.ts';
import { allowedTypes } from './allowed.ts';
import { tokenOfOneEngine } from './argument-rules.ts';
import { problemWith } from './rules.ts';
import {
  byteOffset,
  isFields,
  namesIn,
  nodesIn,
  nodesOf,
  SqlSyntaxError,
  type TreeNode,
  tokensOf,
} from './tree.ts';

/** A place in a text that is not portable; `offset` in characters. */
export type SqlProblem = { readonly offset: number; readonly message: string };

const syntaxHints: readonly [RegExp, string][] = [
  [/\bqualify\b/i, 'qualify is not portable: use a common table expression and where'],
  [/\bgroup\s+by\s+all\b/i, 'group by names'],
  [/\bpivot\b/i, 'pivot is not portable: use sum(case when …)'],
];

/**
 * Parts of a text outside the subset of SQL that every engine understands alike, and what Redshift restricts besides; it reads
 * only the columns that silver makes. It is an allow-list over PostgreSQL's syntax tree, so that unknown constructs are
 * rejected, too. Needs the loaded parser.
 */
export const lintSql = (sql: string, isSilver = false): SqlProblem[] => {
  try {
    const nodes = nodesOf(sql);
    const tokens = tokensOf(sql);
    const portable = [
      ...[...nodes.flatMap(nodeProblems), ...nodes.flatMap(lateralAliases), ...shapeProblems(nodes)],
      ...typeNameProblems(sql, nodes),
      ...tokens.flatMap(tokenProblems),
    ];
    const places = new Set(portable.map(({ offset }) => offset));
    const ofRedshift = (isSilver ? silverRules : textRules)
      .flatMap(({ find }) => find(nodes, tokens))
      .filter(({ offset }) => !places.has(offset));
    return [...portable, ...ofRedshift].map(({ offset, message }) => ({
      offset: inCharacters(sql, offset),
      message,
    }));
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    return [syntaxProblem(sql, error)];
  }
};

/** PostgreSQL's parser stops somewhere after words that it does not know. */
const syntaxProblem = (sql: string, { offset, message }: SqlSyntaxError): SqlProblem => {
  const [known] = syntaxHints.flatMap(([words, hint]) => {
    const place = sql.search(words);
    return place < 0 ? [] : [{ offset: place, message: hint }];
  });
  return known ?? { offset, message };
};

const inCharacters = (sql: string, bytes: number): number =>
  Buffer.from(sql).subarray(0, bytes).toString().length;

const nodeProblems = (node: TreeNode): SqlProblem[] => {
  const message = problemWith(node);
  return message === undefined ? [] : [{ offset: byteOffset(node), message }];
};

const shapeProblems = (nodes: readonly TreeNode[]): SqlProblem[] => {
  const statements = nodes.filter(({ parent }) => parent === undefined);
  if (statements.length === 1 && statements[0]?.kind === 'SelectStmt') return [];
  return [{ offset: byteOffset(statements[1]), message: 'a file must be one select, without a semicolon' }];
};

const tokenProblems = ({ start, text }: ReturnType<typeof tokensOf>[number]): SqlProblem[] => {
  const message = tokenProblem(text);
  return message === undefined ? [] : [{ offset: start, message }];
};

const tokenProblem = (text: string): string | undefined => {
  if (text === '::') return 'x::type is not portable: write cast(x as type)';
  if (text === ';') return 'a file must be one select, without a semicolon';
  if (/^float$/i.test(text))
    return 'float has another width on each engine: write double precision, by the macro double()';
  if (/^\w*\$/.test(text) && !/^\$/.test(text)) return 'names are letters, digits and _';
  if (text.startsWith('"')) return 'quoted names differ: use plain lower-case names';
  if (/^([ebnx]|u&)'|^\$/i.test(text)) return 'write a literal in plain quotes';
  return tokenOfOneEngine(text);
};

/** The names under which every engine has the types. */
const typeNames = [
  'smallint',
  'int',
  'integer',
  'bigint',
  'varchar',
  'decimal',
  'numeric',
  'date',
  'timestamp',
];
const otherNames = ['boolean', 'double', 'interval'];

/** A type under a name that only some engines have, such as int8. */
const typeNameProblems = (sql: string, nodes: readonly TreeNode[]): SqlProblem[] => {
  const bytes = Buffer.from(sql);
  return nodes.flatMap((node) => {
    const usual =
      node.kind === 'TypeName' ? allowedTypes[namesIn(node.fields.names).at(-1) ?? ''] : undefined;
    if (usual === undefined) return [];
    const offset = byteOffset(node);
    const [written = ''] = /^\w+/.exec(bytes.subarray(offset, offset + 40).toString()) ?? [];
    if ([...typeNames, ...otherNames].includes(written.toLowerCase())) return [];
    return [{ offset, message: `not every engine has the type name ${written}: write ${usual}` }];
  });
};

/** A name that is only another entry's name in the same select list: some engines look it up there, others do not. */
const lateralAliases = (node: TreeNode): SqlProblem[] => {
  if (node.kind !== 'ColumnRef') return [];
  const [name = '', ...rest] = namesIn(node.fields.fields);
  const target = targetAround(node);
  const select = target?.parent;
  if (rest.length > 0 || !target || !select || target.fields.name === name) return [];
  const isAlias = nodesIn(select.fields.targetList).some(
    ({ fields }) => fields.name === name && !isColumn(fields, name),
  );
  if (!isAlias || isOffered(select, name)) return [];
  return [
    {
      offset: byteOffset(node),
      message: `${name} is a name from the same select list: compute it one step earlier`,
    },
  ];
};

const targetAround = (node: TreeNode | undefined): TreeNode | undefined => {
  if (!node || node.kind === 'SelectStmt') return undefined;
  return node.kind === 'ResTarget' ? node : targetAround(node.parent);
};

/** True if an entry is made from the column of the same name. */
const isColumn = (target: TreeNode['fields'], name: string): boolean =>
  JSON.stringify(target.val).includes(`{"String":{"sval":"${name}"}}`);

/** True if a common table expression that the select reads lists that column. */
const isOffered = (select: TreeNode, name: string): boolean => {
  const read = JSON.stringify(select.fields.fromClause ?? []);
  return expressionsAround(select).some(({ fields }) => {
    const query = nodesIn(fields.ctequery)[0];
    const columns = nodesIn(query?.fields.targetList);
    const isListed = columns.some((column) => nameOf(column) === name);
    return isListed && read.includes(`"relname":"${String(fields.ctename)}"`);
  });
};

const nameOf = ({ fields }: TreeNode): string =>
  String(fields.name ?? namesIn(nodesIn(fields.val)[0]?.fields.fields).at(-1) ?? '');

const expressionsAround = (node: TreeNode | undefined): TreeNode[] => {
  if (!node) return [];
  const { withClause } = node.fields;
  const own = isFields(withClause) ? nodesIn(withClause.ctes) : [];
  return [...own, ...expressionsAround(node.parent)];
};
