import { rowsFormat } from '../../pipeline/queries/repairs.ts';
import type { Source } from '../../pipeline/steps/repair-source.ts';
import type { SplitOutlets } from '../../pipeline/steps/split/outlets.ts';
import { KeyIndex, type KeyRoom } from '../keys/key-index.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { openParser } from '../parser.ts';
import type { Parser } from '../records.ts';
import { openRows } from '../rows-file/formats.ts';
import type { RowsReader, SentRow } from '../rows-file/reader.ts';
import { readBytes } from '../unreadable.ts';
import type { Finding, Findings, Repeat } from '../verdict.ts';
import { type Detail, FindingLog } from '../violations.ts';
import { LineMap, type LineTicket } from './lines.ts';
import { type Mender, openMender } from './records.ts';

/** What is mended, by which rules, and where its records go. */
export type Mending = {
  readonly source: Source;
  readonly manifest: Manifest;
  /** Where records are parted to; without it they are judged only. */
  readonly outlets?: SplitOutlets;
  /** Where an index of their keys is made. */
  readonly room?: KeyRoom;
  /** Records that such an index has set aside, each with its line in the mended text. */
  readonly discards?: Iterable<Repeat> | undefined;
};

/** Findings of the mended text, told with the lines on which its records once stood. */
class MendedFindings extends FindingLog {
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
 * Reads a rows file that was sent back: makes records of its rows and has them judged as a file of the dataset. Rows of
 * which no record can be made are bad records, too.
 */
export class RepairReader {
  /** Rows read so far. */
  records = 0;
  readonly lines = new LineMap();
  /** Of the rows file itself, and of rows of which no record can be made. */
  readonly findings = new FindingLog();
  readonly parser: Parser;
  readonly judged: FindingLog;
  readonly index: MendedKeys | undefined;
  private unmade = 0;
  private line = 2;
  private mender: Mender | undefined;
  private found: Finding[] = [];
  private readonly ticket: LineTicket;
  private readonly rows: RowsReader;
  private readonly mending: Mending;

  constructor(mending: Mending) {
    const { source, manifest, outlets, room, discards } = mending;
    this.mending = mending;
    this.ticket = source.lines.ticket();
    this.judged = new MendedFindings(this.lines);
    const listener = outlets && {
      onHeader: outlets.onHeader,
      onGood: outlets.onGood,
      onBad: (record: Parameters<typeof outlets.onBad>[0]) =>
        outlets.onBad({ ...record, line: this.lines.landed(record.line) }),
    };
    this.index = room && manifest.key && new MendedKeys(manifest, room, this.lines);
    this.parser = openParser(manifest, this.judged, listener, undefined, { index: this.index, discards });
    const format = rowsFormat(source);
    this.rows = openRows(format, longestRow(manifest), this.findings, (row) => this.read(row));
    this.findings.listen((finding) => this.found.push(finding));
  }

  get isStopped(): boolean {
    return this.rows.isStopped || this.parser.isStopped;
  }

  get badRecords(): number {
    return this.unmade + this.parser.badRecords;
  }

  async write(bytes: Uint8Array): Promise<void> {
    readBytes(() => this.rows.write(bytes), this.unreadable);
    await this.mending.outlets?.drained();
  }

  end(): void {
    readBytes(() => {
      this.rows.end();
      this.parser.end();
    }, this.unreadable);
  }

  private readonly unreadable = (says: string): void => {
    this.findings.add('unreadable', undefined, () => ({ subject: 'the rows file', says }));
    this.rows.stop();
  };

  private read(row: SentRow): void {
    const isOurs = row.source === this.mending.source.name;
    if (!isOurs) this.refuse(row);
    else this.mender ??= this.open();
    if (this.mender && isOurs) this.make(row, this.mender);
    else this.rows.stop();
  }

  private make(row: SentRow, mender: Mender): void {
    this.records++;
    this.found = [];
    const line = this.lineOf(row);
    const record = line === undefined ? undefined : mender.mend(row, line);
    if (record === undefined || line === undefined) {
      this.leave(row, line, mender);
      return;
    }
    this.lines.add(this.line, line);
    this.line += lineBreaks(record);
    this.parser.write(record);
  }

  private open(): Mender | undefined {
    const { source, manifest } = this.mending;
    const mender = openMender(source.facts, this.rows.columns ?? [], manifest, this.findings);
    if (mender) this.line = 1 + lineBreaks(mender.head);
    if (mender) this.parser.write(mender.head);
    return mender;
  }

  /** A line without a place in quarantine could bring in any row, or one row twice. */
  private lineOf({ line, place }: SentRow): number | undefined {
    const taken = /^[0-9]{1,10}$/.test(line) ? this.ticket.take(Number(line)) : 'unknown';
    if (taken === 'taken') return Number(line);
    const { name } = this.mending.source;
    const says =
      taken === 'again'
        ? 'mends a line that a row before it mends'
        : `mends no line of ${name} in quarantine`;
    this.findings.add('repair', undefined, () => ({ subject: `the row on line ${place}`, says }));
    return undefined;
  }

  private leave(row: SentRow, line: number | undefined, { fields }: Mender): void {
    this.unmade++;
    this.findings.inRecords += this.found.length;
    const { record } = row;
    const errors = this.found.map(({ message }) => message).join('; ');
    this.mending.outlets?.setAside({ line, fields: fields(row), record, raw: record ?? row.raw, errors });
  }

  private refuse({ place }: SentRow): void {
    const subject = `the row on line ${place}`;
    const says = `does not mend ${this.mending.source.name} as the first one does; land the rows of each file apart`;
    this.findings.add('source', undefined, () => ({ subject, says }));
  }
}

/** Everything that was found of it, its own findings first. */
export const allFindings = ({ findings, judged }: RepairReader): Findings => {
  const counts = { ...findings.counts };
  for (const [rule, count] of Object.entries(judged.counts)) counts[rule] = (counts[rule] ?? 0) + count;
  const kept = [...findings.kept, ...judged.kept].slice(0, 100);
  return { total: findings.total + judged.total, counts, findings: kept };
};

/** Keys of mended records, told with the lines on which they once stood, after those of what is published already. */
export class MendedKeys extends KeyIndex {
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

/** Most bytes of a row: a byte of the record takes up to six as it is told, and errors stand beside it. */
export const longestRow = ({ max_row_bytes }: Manifest): number => 6 * max_row_bytes + 2 ** 16;

const lineBreaks = (bytes: Uint8Array): number => {
  let breaks = 0;
  for (const byte of bytes) if (byte === lf) breaks++;
  return breaks;
};
const lf = 0x0a;
