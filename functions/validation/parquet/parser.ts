import type { FileFacts } from '../facts.ts';
import { JsonParser } from '../json/parser.ts';
import type { RecordViolation } from '../json/violations.ts';
import type { KeyCheck } from '../keys/key-index.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Parser, RecordListener } from '../records.ts';
import type { ViolationLog } from '../violations.ts';
import { ParquetDamage, type ReadRange } from './damage.ts';
import { readFooter } from './file.ts';
import { nestedNodes, onlyNamed } from './nodes.ts';
import { type FoundOdd, type RowsOptions, readRows } from './rows.ts';
import { leavesOfNodes, type ParquetNode, parquetColumns, parquetTree } from './schema.ts';
import { textsOf } from './texts.ts';
import { validateParquetSchema } from './validate-columns.ts';

/** Most bytes of a row as JSON, which is how engines read it. */
export const mostRowBytes = 16 * 2 ** 20;

/**
 * Parser of Parquet files. It reads their footer, then their pages, and turns the rows into JSON lines, which are validated:
 * `line` is the number of the row, and a listener gets JSON lines. Engines read only these.
 */
export class ParquetParser implements Parser {
  readonly isRewritten = true;
  drift: readonly string[] = [];
  isEmpty = false;
  private header: readonly string[] = [];
  private odds: ReadonlyMap<number, readonly FoundOdd[]> = new Map();
  /** Rows before those that are being validated. */
  private before = 0;
  private readonly lines: JsonParser;
  private readonly manifest: Manifest;
  private readonly violations: ViolationLog;

  constructor(
    manifest: Manifest,
    violations: ViolationLog,
    listener?: RecordListener,
    windowBytes?: number,
    keys?: KeyCheck,
  ) {
    violations.unit = 'row';
    const ofLines = { ...manifest, max_row_bytes: mostRowBytes };
    this.lines = new JsonParser(ofLines, violations, listener, windowBytes, keys);
    this.lines.known = (row) => this.violationsOf(this.odds.get(row - 1 - this.before) ?? []);
    this.manifest = manifest;
    this.violations = violations;
  }

  get isStopped(): boolean {
    return this.lines.isStopped;
  }

  get records(): number {
    return this.lines.records;
  }

  get invalidRecords(): number {
    return this.lines.invalidRecords;
  }

  /** Receives JSON lines; `read` makes them from a file. */
  write(bytes: Uint8Array): void {
    this.lines.write(bytes);
  }

  end(): void {
    this.lines.end();
  }

  stop(): void {
    this.lines.stop();
  }

  facts(): Omit<FileFacts, 'compression' | 'sha256'> {
    return { ...this.lines.facts(), header: this.header };
  }

  /** Reads a whole file of `size` bytes; awaits `settled` now and then. Throws the errors of `range`, as RangeUnread. */
  async read(size: number, range: ReadRange, settled: () => Promise<void> | void): Promise<void> {
    this.isEmpty = size === 0;
    if (this.isEmpty || this.isStopped) return;
    try {
      await this.readRows(size, range, settled);
    } catch (cause) {
      if (!(cause instanceof ParquetDamage)) throw cause;
      const subject = cause.column === undefined ? 'the file' : 'the column';
      this.violations.add('parquet', cause.column, () => ({ subject, says: cause.message }));
      this.stop();
    }
  }

  private async readRows(size: number, range: ReadRange, settled: () => Promise<void> | void): Promise<void> {
    const footer = await readFooter(size, range);
    const tree = parquetTree(footer.schema);
    const nodes = this.known(tree);
    if (this.isStopped) return;
    for await (const { texts, odds } of readRows({
      size,
      read: range,
      footer,
      nodes,
      columns: this.columns(tree),
    })) {
      this.before = this.records;
      this.odds = odds;
      this.write(Buffer.from(`${texts.join('\n')}\n`));
      // Violations are known by the position of their rows: none may wait in a window.
      this.lines.drain();
      await settled();
      if (this.isStopped) return;
    }
  }

  /** Validates the columns, and answers those whose values are to be read. */
  private known(tree: readonly ParquetNode[]): readonly ParquetNode[] {
    const { violations } = this;
    const before = violations.total;
    this.header = parquetColumns(tree).map(({ path }) => path);
    this.drift = validateParquetSchema(tree, this.manifest, violations);
    const names = new Set(this.manifest.fields.map(({ from }) => from));
    const read = this.manifest.unknown_fields === 'text' ? tree : onlyNamed(tree, names);
    const nodes = nestedNodes(read, names);
    const tops = new Set(nodes.map(({ name }) => name));
    if (tops.size < nodes.length && violations.total === before) {
      const says = 'has a column whose name is the beginning of another one, such as a and a.b; rename one';
      violations.add('duplicate_column', undefined, () => ({ subject: 'the file', says }));
    }
    if (violations.total > before) this.stop();
    return nodes;
  }

  private columns(tree: readonly ParquetNode[]): RowsOptions['columns'] {
    const names = new Set(this.manifest.fields.map(({ from }) => from));
    return new Map(
      leavesOfNodes(tree).map((leaf, at) => {
        const path = this.header[at] ?? leaf.name;
        return [leaf.column, { leaf, path, toText: textsOf(leaf.element, names.has(path)) }];
      }),
    );
  }

  private violationsOf(odds: readonly FoundOdd[]): readonly RecordViolation[] {
    return odds.map(({ path, element, shown, says }) => {
      const { fields } = this.manifest;
      const field = fields.find(({ from }) => from === path);
      const isHidden = field ? field.pii : fields.some(({ pii }) => pii);
      const where = field ? { field } : { column: path };
      return { rule: 'type', ...where, element, value: isHidden ? undefined : shown, says };
    });
  }
}
