import type { FileFacts } from '../judgement.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { ParquetDamage, type ReadRange, readFooter, readRowGroups } from '../parquet/parquet-file.ts';
import { type ParquetNode, parquetColumns, parquetTree } from '../parquet/parquet-schema.ts';
import { structToJson, type ToJson } from '../parquet/parquet-values.ts';
import type { FindingLog } from './judge-findings.ts';
import { JsonParser } from './judge-json.ts';
import type { KeyCheck } from './judge-keys.ts';
import { judgeParquetSchema } from './judge-parquet-schema.ts';
import type { Parser, RecordListener } from './judge-records.ts';

const rowsAtOnce = 1000;

/**
 * Parser of Parquet files. It reads their footer, then one row group after the other, as JSON lines that are judged as
 * such: `line` is the row, and a listener gets JSON lines.
 */
export class ParquetParser implements Parser {
  drift: readonly string[] = [];
  isEmpty = false;
  private header: readonly string[] = [];
  private hasBadText = false;
  private readonly lines: JsonParser;
  private readonly manifest: Manifest;
  private readonly findings: FindingLog;

  constructor(
    manifest: Manifest,
    findings: FindingLog,
    listener?: RecordListener,
    windowBytes?: number,
    keys?: KeyCheck,
  ) {
    this.lines = new JsonParser(manifest, findings, listener, windowBytes, keys);
    this.manifest = manifest;
    this.findings = findings;
  }

  get isStopped(): boolean {
    return this.lines.isStopped;
  }

  get records(): number {
    return this.lines.records;
  }

  get badRecords(): number {
    return this.lines.badRecords;
  }

  /** Takes JSON lines; `read` is what makes them of a file. */
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

  /** Reads all of a file, `size` bytes long; awaits `settled` now and then. Throws what `range` throws, as RangeUnread. */
  async read(size: number, range: ReadRange, settled: () => Promise<void> | void): Promise<void> {
    this.isEmpty = size === 0;
    if (this.isEmpty || this.isStopped) return;
    try {
      await this.readRows(size, range, settled);
    } catch (cause) {
      if (!(cause instanceof ParquetDamage)) throw cause;
      this.findings.add('parquet', undefined, () => ({ subject: 'the file', says: cause.message }));
      this.stop();
    }
  }

  private async readRows(size: number, range: ReadRange, settled: () => Promise<void> | void): Promise<void> {
    const metadata = await readFooter(size, range);
    const nodes = this.known(parquetTree(metadata));
    if (this.isStopped) return;
    const toJson = structToJson(nodes, () => {
      this.hasBadText = true;
    });
    const names = nodes.map(({ name }) => name);
    for await (const rows of readRowGroups(size, range, metadata, names)) {
      for (let at = 0; at < rows.length && !this.isStopped; at += rowsAtOnce) {
        this.write(this.asLines(rows.slice(at, at + rowsAtOnce), toJson));
        await settled();
      }
      if (this.isStopped) return;
    }
  }

  /** Judges the columns, and answers those whose values are to be read. */
  private known(nodes: readonly ParquetNode[]): readonly ParquetNode[] {
    const columns = parquetColumns(nodes);
    const { findings } = this;
    const before = findings.total;
    this.header = columns.map(({ path }) => path);
    this.drift = judgeParquetSchema(columns, this.manifest, findings);
    if (findings.total > before) this.stop();
    if (this.manifest.unknown_fields === 'text') return nodes;
    const names = new Set(this.manifest.fields.map(({ name }) => name));
    return onlyNamed(nodes, names, '');
  }

  /** A byte that no text has keeps a record with such a text from being taken for a good one. */
  private asLines(rows: readonly unknown[], toJson: ToJson): Buffer {
    const lines = rows.map((row) => {
      this.hasBadText = false;
      const text = toJson(row);
      return this.hasBadText
        ? Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0x0a])])
        : Buffer.from(`${text}\n`);
    });
    return Buffer.concat(lines);
  }
}

/** Without columns that the manifest does not name. */
const onlyNamed = (
  nodes: readonly ParquetNode[],
  names: ReadonlySet<string>,
  before: string,
): readonly ParquetNode[] =>
  nodes.flatMap((node) => {
    const path = `${before}${node.name}${node.isList ? '[]' : ''}`;
    if (node.children.length === 0) return names.has(path) ? [node] : [];
    const children = onlyNamed(node.children, names, `${path}.`);
    return children.length === 0 ? [] : [{ ...node, children }];
  });
