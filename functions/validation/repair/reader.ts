import type { FileFacts } from '../facts.ts';
import { KeyIndex, type KeyRoom } from '../keys/key-index.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { openParser } from '../parser.ts';
import type { Parser, RecordListener } from '../records.ts';
import { openRows } from '../rows-file/formats.ts';
import type { RowsReader, SentRow } from '../rows-file/reader.ts';
import { type QuarantinedRow, rowsFormat } from '../rows-file/writer.ts';
import { readBytes } from '../unreadable.ts';
import type { Duplicate, Violation, Violations } from '../verdict.ts';
import { type Detail, ViolationLog } from '../violations.ts';
import { LineMap, type LineTicket, type QuarantinedLines } from './lines.ts';
import { openRepairer, type Repairer } from './records.ts';

/** The file version whose quarantined rows are repaired, as far as reading its repair needs it. */
export type RepairSource = {
  /** `<landed file>@<version>`, as its rows file says. */
  readonly name: string;
  readonly facts: FileFacts;
  readonly lines: QuarantinedLines;
};

/** Receives the records of a repair, and is awaited now and then. */
export type RepairOutlets = Required<RecordListener> & {
  /** Receives a row from which no record can be made. */
  quarantinedRow(row: QuarantinedRow): void;
  drained(): Promise<void>;
};

/** The source of a repair, the rules for it, and the receivers of its records. */
export type Repairing = {
  readonly source: RepairSource;
  readonly manifest: Manifest;
  /** Where records are split to; without it they are only validated. */
  readonly outlets?: RepairOutlets;
  /** Where an index of their keys is made. */
  readonly room?: KeyRoom;
  /** Records that such an index has quarantined, each with its line in the repaired text. */
  readonly duplicates?: Iterable<Duplicate> | undefined;
};

/** Violations of the repaired text, reported with the lines of the landed file. */
class RepairedViolations extends ViolationLog {
  private readonly lines: LineMap;

  constructor(lines: LineMap) {
    super();
    this.lines = lines;
  }

  override add(rule: string, column: string | undefined, detail: () => Detail): void {
    super.add(rule, column, () => {
      const told = detail();
      return told.line === undefined ? told : { ...told, line: this.lines.landed(told.line) };
    });
  }
}

/**
 * Reads a landed rows file: makes records of its rows and has them validated as a file of the dataset. Rows from which no
 * record can be made are invalid records, too.
 */
export class RepairReader {
  /** Rows read so far. */
  records = 0;
  readonly lines = new LineMap();
  /** Violations of the rows file itself, and of rows from which no record can be made. */
  readonly violations = new ViolationLog();
  readonly parser: Parser;
  readonly validated: ViolationLog;
  readonly index: RepairedKeys | undefined;
  private unmade = 0;
  private line = 2;
  private repairer: Repairer | undefined;
  private found: Violation[] = [];
  private readonly ticket: LineTicket;
  private readonly rows: RowsReader;
  private readonly repairing: Repairing;

  constructor(repairing: Repairing) {
    const { source, manifest, outlets, room, duplicates } = repairing;
    this.repairing = repairing;
    this.ticket = source.lines.ticket();
    this.validated = new RepairedViolations(this.lines);
    const listener = outlets && {
      onHeader: outlets.onHeader,
      onValid: outlets.onValid,
      onInvalid: (record: Parameters<typeof outlets.onInvalid>[0]) =>
        outlets.onInvalid({ ...record, line: this.lines.landed(record.line) }),
    };
    this.index = room && manifest.key && new RepairedKeys(manifest, room, this.lines);
    this.parser = openParser(manifest, this.validated, listener, undefined, {
      index: this.index,
      duplicates,
    });
    const format = rowsFormat(source);
    this.rows = openRows(format, longestRow(manifest), this.violations, (row) => this.read(row));
    this.violations.listen((violation) => this.found.push(violation));
  }

  get isStopped(): boolean {
    return this.rows.isStopped || this.parser.isStopped;
  }

  get invalidRecords(): number {
    return this.unmade + this.parser.invalidRecords;
  }

  async write(bytes: Uint8Array): Promise<void> {
    readBytes(() => this.rows.write(bytes), this.unreadable);
    await this.repairing.outlets?.drained();
  }

  end(): void {
    readBytes(() => {
      this.rows.end();
      this.parser.end();
    }, this.unreadable);
  }

  private readonly unreadable = (says: string): void => {
    this.violations.add('unreadable', undefined, () => ({ subject: 'the rows file', says }));
    this.rows.stop();
  };

  private read(row: SentRow): void {
    const isOurs = row.source === this.repairing.source.name;
    if (!isOurs) this.reject(row);
    else this.repairer ??= this.open();
    if (this.repairer && isOurs) this.make(row, this.repairer);
    else this.rows.stop();
  }

  private make(row: SentRow, repairer: Repairer): void {
    this.records++;
    this.found = [];
    const line = this.lineOf(row);
    const record = line === undefined ? undefined : repairer.repair(row, line);
    if (record === undefined || line === undefined) {
      this.leave(row, line, repairer);
      return;
    }
    this.lines.add(this.line, line);
    this.line += lineBreaks(record);
    this.parser.write(record);
  }

  private open(): Repairer | undefined {
    const { source, manifest } = this.repairing;
    const repairer = openRepairer(source.facts, this.rows.columns ?? [], manifest, this.violations);
    if (repairer) this.line = 1 + lineBreaks(repairer.head);
    if (repairer) this.parser.write(repairer.head);
    return repairer;
  }

  /** A line without a place in quarantine could bring in any row, or one row twice. */
  private lineOf({ line, place }: SentRow): number | undefined {
    const taken = /^[0-9]{1,10}$/.test(line) ? this.ticket.take(Number(line)) : 'unknown';
    if (taken === 'taken') return Number(line);
    const { name } = this.repairing.source;
    const says =
      taken === 'again'
        ? 'repairs a line that a row before it repairs'
        : `repairs no line of ${name} in quarantine`;
    this.violations.add('repair', undefined, () => ({ subject: `the row on line ${place}`, says }));
    return undefined;
  }

  private leave(row: SentRow, line: number | undefined, { fields }: Repairer): void {
    this.unmade++;
    this.violations.inRecords += this.found.length;
    const { record } = row;
    const errors = this.found.map(({ message }) => message).join('; ');
    this.repairing.outlets?.quarantinedRow({
      line,
      fields: fields(row),
      record,
      raw: record ?? row.raw,
      errors,
    });
  }

  private reject({ place }: SentRow): void {
    const subject = `the row on line ${place}`;
    const says = `does not repair ${this.repairing.source.name} as the first one does; land the rows of each file apart`;
    this.violations.add('source', undefined, () => ({ subject, says }));
  }
}

/** Everything that was found of it, its own violations first. */
export const allViolations = ({ violations, validated }: RepairReader): Violations => {
  const counts = { ...violations.counts };
  for (const [rule, count] of Object.entries(validated.counts)) counts[rule] = (counts[rule] ?? 0) + count;
  const kept = [...violations.kept, ...validated.kept].slice(0, 100);
  return { total: violations.total + validated.total, counts, violations: kept };
};

/** Keys of repaired records, reported with their lines in the landed file, after those of the published records. */
export class RepairedKeys extends KeyIndex {
  private isPublished = false;
  private readonly lines: LineMap;

  constructor(manifest: Manifest, room: KeyRoom, lines: LineMap) {
    super(manifest, room);
    this.lines = lines;
  }

  override add(ordinal: number, line: number): void {
    super.add(ordinal, this.isPublished ? 0 : this.lines.landed(line));
  }

  /** Adds all records of a text that is published. */
  async addPublished(parser: Parser, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.isPublished = true;
    for await (const chunk of content) parser.write(chunk);
    parser.end();
    this.isPublished = false;
    this.closeOthers();
  }
}

/** Most bytes of a row: one byte of the record may take six, and there are errors next to it. */
export const longestRow = ({ max_row_bytes }: Manifest): number => 6 * max_row_bytes + 2 ** 16;

const lineBreaks = (bytes: Uint8Array): number => {
  let breaks = 0;
  for (const byte of bytes) if (byte === lf) breaks++;
  return breaks;
};
const lf = 0x0a;
