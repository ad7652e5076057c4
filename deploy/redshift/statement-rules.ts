import { byteOffset, isFields, namesIn, nodesIn, type TreeNode } from '../sql/tree.ts';
import { holds } from './names.ts';
import { type Page, pages } from './pages.ts';
import type { Statement } from './statement.ts';

/** A documented restriction of a whole statement of a rebuild. */
export type StatementRule = {
  readonly page: Page;
  readonly says: string;
  /** What is wrong with a statement. */
  readonly find: (statement: Statement) => readonly string[];
};

const mostColumns = 1_600;
const mostBytes = 16 * 2 ** 20;
const widestRow = 4 * 2 ** 20;

const when = (isWrong: boolean, message: string): string[] => (isWrong ? [message] : []);

const topOf = ({ nodes }: Statement): TreeNode | undefined => nodes[0];

const ofKind = ({ nodes }: Statement, kind: string): TreeNode[] => nodes.filter((node) => node.kind === kind);

/** Relations that are read or written without a schema and are no common table expressions of the statement. */
const unqualified = (statement: Statement): string[] => {
  const own = ofKind(statement, 'CommonTableExpr').map(({ fields }) => fields.ctename);
  return ofKind(statement, 'RangeVar')
    .filter(({ fields }) => fields.schemaname === undefined && !own.includes(fields.relname))
    .map(({ fields }) => String(fields.relname));
};

const readsFrom = (statement: Statement, schema: string): boolean =>
  ofKind(statement, 'RangeVar').some(({ fields }) => fields.schemaname === schema);

/** The select of a statement that has an order or a limit. */
const hasOrder = (node: TreeNode | undefined): boolean =>
  node?.kind === 'SelectStmt' && (nodesIn(node.fields.sortClause).length > 0 || hasLimit(node));

const hasLimit = (node: TreeNode | undefined): boolean =>
  node?.kind === 'SelectStmt' && (node.fields.limitCount ?? node.fields.limitOffset) !== undefined;

/** Anything around a `with` except the statement that it begins. */
const isNested = ({ parent }: TreeNode): boolean => {
  const around = parent?.parent;
  if (!around) return false;
  return (
    !['InsertStmt', 'CreateTableAsStmt', 'ViewStmt'].includes(around.kind) || around.parent !== undefined
  );
};

const writing = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'AlterTableStmt', 'DropStmt', 'CreateStmt'];

const writtenSchema = (node: TreeNode | undefined): unknown =>
  node && writing.includes(node.kind) && isFields(node.fields.relation)
    ? node.fields.relation.schemaname
    : undefined;

const columnsOf = (statement: Statement): TreeNode[] =>
  topOf(statement)?.kind === 'CreateStmt' ? ofKind(statement, 'ColumnDef') : [];

const bytesOf = ({ fields }: TreeNode): number => {
  const { typeName } = fields;
  if (!isFields(typeName) || namesIn(typeName.names).at(-1) !== 'varchar') return 16;
  const { ival } = nodesIn(typeName.typmods)[0]?.fields ?? {};
  return isFields(ival) ? Number(ival.ival ?? 0) : 256;
};

/** All of them. */
export const statementRules: readonly StatementRule[] = [
  {
    page: pages.with,
    says: 'a statement has one `with`, at its beginning',
    find: (statement) =>
      ofKind(statement, 'WithClause')
        .filter(isNested)
        .map((node) => `a with is inside of another statement part, at byte ${byteOffset(node)}`),
  },
  {
    page: pages.unload,
    says: 'the outer select of an UNLOAD has no `limit`, and its text has quotation marks in pairs',
    find: (statement) => [
      ...when(
        statement.kind === 'unload' && hasLimit(topOf(statement)),
        'the select of an UNLOAD has a limit',
      ),
      ...when(statement.kind === 'broken unload', 'the text of an UNLOAD has a quotation mark that ends it'),
    ],
  },
  {
    page: pages.stored,
    says: 'a stored view has no order or limit, reads no temporary and no external relation, and no function that changes with time',
    find: (statement) =>
      statement.kind === 'stored view'
        ? [
            ...when(
              statement.nodes.some((node) => hasOrder(node)),
              'a stored view has an order or a limit',
            ),
            ...when(
              readsFrom(statement, 'silver'),
              'a stored view that refreshes itself reads an external schema',
            ),
            ...unqualified(statement)
              .filter((name) => !name.includes('.'))
              .map((name) => `a stored view reads ${name}, which may be temporary`),
            ...when(
              statement.nodes.some((node) => holds({ [node.kind]: node.fields }, ['SQLValueFunction'])),
              'a stored view has a function that changes with time',
            ),
          ]
        : [],
  },
  {
    page: pages.view,
    says: 'all that a late-binding view reads has a schema in front',
    find: (statement) =>
      statement.kind === 'view'
        ? unqualified(statement).map((name) => `a late-binding view reads ${name} without a schema`)
        : [],
  },
  {
    page: pages.table,
    says: 'a table has at most 1,600 columns, and a row at most 4 MB',
    find: (statement) => {
      const columns = columnsOf(statement);
      const bytes = columns.reduce((sum, column) => sum + bytesOf(column), 0);
      return [
        ...when(
          columns.length > mostColumns,
          `a table has ${columns.length} columns, more than ${mostColumns}`,
        ),
        ...when(bytes > widestRow, `a row may have ${bytes} bytes, more than ${widestRow}`),
      ];
    },
  },
  {
    page: pages.alter,
    says: 'ALTER TABLE adds one column, and changes none',
    find: (statement) => {
      const commands = ofKind(statement, 'AlterTableCmd');
      return [
        ...when(commands.length > 1, 'ALTER TABLE adds more than one column'),
        ...when(
          commands.some(({ fields }) => fields.subtype !== 'AT_AddColumn'),
          'ALTER TABLE does something else than add a column in a transaction',
        ),
      ];
    },
  },
  {
    page: pages.truncate,
    says: 'no TRUNCATE: it commits what came before it',
    find: (statement) => when(topOf(statement)?.kind === 'TruncateStmt', 'TRUNCATE commits the transaction'),
  },
  {
    page: pages.merge,
    says: 'no MERGE: Redshift has its own, without aliases and with one condition',
    find: (statement) =>
      when(topOf(statement)?.kind === 'MergeStmt', 'MERGE is another one on Redshift: delete and insert'),
  },
  {
    page: pages.external,
    says: 'nothing is written to an external schema',
    find: (statement) =>
      when(writtenSchema(topOf(statement)) === 'silver', 'a statement writes to the external schema silver'),
  },
  {
    page: pages.size,
    says: 'a statement has at most 16 MB. The Data API allows less: 100,000 bytes for all statements of a transaction',
    find: ({ text }) => when(Buffer.byteLength(text) > mostBytes, 'a statement has more than 16 MB'),
  },
];
