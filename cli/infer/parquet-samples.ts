import {
  type Footer,
  innermost,
  leavesOfNodes,
  onlyNamed,
  type ParquetColumn,
  ParquetDamage,
  type ParquetNode,
  parquetColumns,
  parquetKind,
  parquetTree,
  parquetTypeName,
  pathOfNode,
  readFooter,
  readRows,
  textsOf,
  ViolationLog,
  validateDuplicateColumns,
} from '../../functions/validation/index.ts';
import { parseRecord } from './json-records.ts';
import { CannotInfer, noRow, type OnRead, readRange, sizeOf } from './sample-file.ts';
import { placeProblem, type Unnamed } from './unnamed.ts';

/** What the footer of a Parquet file says about its columns. */
export type ParquetSample = {
  readonly path: string;
  readonly size: number;
  readonly footer: Footer;
  readonly nodes: readonly ParquetNode[];
  /** Columns that a field can read, and the reasons why it cannot read the others. */
  readonly columns: readonly ParquetColumn[];
  readonly unnamed: readonly Unnamed[];
};

/** A value that no field can have, and the path of its column. */
export type OnOdd = (path: string, says: string) => void;

/** Reads the columns of a file; throws `CannotInfer` if it is damaged or no manifest fits it. */
export const openParquet = async (path: string, onRead: OnRead): Promise<ParquetSample> => {
  const size = await sizeOf(path);
  if (size === 0) throw new CannotInfer(`${path} is empty`);
  return readable(path, async () => {
    const footer = await readFooter(size, readRange(path, onRead));
    const nodes = parquetTree(footer.schema);
    rejectDuplicateColumns(path, nodes);
    const problems = new Map(nodeProblems(nodes));
    const found = parquetColumns(nodes).map((column) => ({ column, why: problems.get(column.path) }));
    return {
      ...{ path, size, footer, nodes },
      columns: found.flatMap(({ column, why }) => (why === undefined ? [column] : [])),
      unnamed: found.flatMap(({ column, why }) => (why === undefined ? [] : [{ name: column.path, why }])),
    };
  });
};

/**
 * Reads these columns of a file's rows as the validator does, as JSON; a column with points in its name is a key with points.
 * Memory stays constant.
 */
export const readParquetRecords = async (
  { path, size, footer, nodes }: ParquetSample,
  names: ReadonlySet<string>,
  onRead: OnRead,
  onRecord: (record: object) => void,
  onOdd: OnOdd = () => undefined,
): Promise<void> => {
  const paths = parquetColumns(nodes).map((column) => column.path);
  const columns = new Map(
    leavesOfNodes(nodes).map((leaf, at) => {
      const name = paths[at] ?? leaf.name;
      return [leaf.column, { leaf, path: name, toText: textsOf(leaf.element, true) }];
    }),
  );
  const read = readRange(path, onRead);
  const wanted = onlyNamed(nodes, names);
  await readable(path, async () => {
    for await (const { texts, odds } of readRows({ size, read, footer, nodes: wanted, columns })) {
      for (const text of texts) onRecord(parseRecord(text) ?? {});
      for (const found of odds.values()) for (const odd of found) onOdd(odd.path, odd.says);
    }
  });
};

const readable = async <Answer>(path: string, read: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof ParquetDamage)) throw cause;
    const subject = cause.column === undefined ? 'the file' : `column ${cause.column}: the column`;
    throw noRow(path, [`${subject} ${cause.message}`]);
  }
};

/** Columns with the same name are rejected by every manifest. */
const rejectDuplicateColumns = (path: string, nodes: readonly ParquetNode[]): void => {
  const violations = new ViolationLog();
  validateDuplicateColumns(nodes, violations);
  if (violations.total > 0)
    throw new CannotInfer(
      `no manifest fits ${path}${violations.kept.map(({ message }) => `\n  ${message}`).join('')}`,
    );
};

/** Paths of columns that no field can read, and why. */
const nodeProblems = (
  nodes: readonly ParquetNode[],
  before = '',
  outer?: string,
): readonly (readonly [path: string, why: string])[] =>
  nodes.flatMap((node) => {
    const path = pathOfNode(node, before);
    const inner = innermost(node);
    const why = outer ?? nameProblem(node.name);
    if (inner.kind === 'struct') return nodeProblems(inner.children, `${path}.`, why);
    const problem = why ?? placeProblem(path) ?? typeProblem({ path, element: inner.element });
    return problem === undefined ? [] : [[path, problem] as const];
  });

const nameProblem = (name: string): string | undefined => {
  if (name === '') return 'has no name, or is in a column without one';
  return /[[\]"]/.test(name)
    ? 'has brackets or quotes in its name, or in that of a column around it'
    : undefined;
};

const typeProblem = ({ element }: ParquetColumn): string | undefined => {
  const { kind } = parquetKind(element);
  return kind === 'bytes' || kind === 'interval'
    ? `is ${parquetTypeName(element)} in Parquet, which no field can hold`
    : undefined;
};
