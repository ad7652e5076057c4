import type { ScanMachine } from './machine.ts';
import { Count, columnBytes, Ending } from './scanner/layout.ts';

/** How a file is written. */
export type Dialect = { readonly delimiter: string; readonly quote: string; readonly max_row_bytes: number };

/** The columns of a file, as `describeColumns` writes them, and how many of them are watched. */
export type ScanColumns = { readonly described: Uint8Array; readonly watched: number };

/** Most columns of a file for which there is room. */
export const mostColumns = 2048;

const pieceBytes = 2 ** 15;
/** The machine reads so far past the end of a piece. */
const marginBytes = 128;
const notesBytes = 2 ** 16;
const columnsAt = 2 ** 10;
const notesAt = columnsAt + mostColumns * columnBytes;
const pieceAt = notesAt + notesBytes;
const marksAt = pieceAt + pieceBytes + marginBytes;

const [numberBytes, numbersOfRecord, asciiOnly, allBytes] = [4, 2, 1, -128];

/** The piece of a window that is in the machine's memory, and the last run of valid records found in it. */
export class ScanPiece {
  /** Records of the run. */
  count = 0;
  /** Physical lines of the run. */
  lines = 0;
  /** Seen in any run. */
  hasLf = false;
  hasCrlf = false;
  isMultiline = false;
  /** The machine's memory, which contains the watched values. */
  readonly bytes: Buffer;
  /** Start and end of each watched value, the end inverted if the value contains doubled quotes. */
  readonly notes: Int32Array;
  private window: Uint8Array = new Uint8Array();
  private windowEnd = 0;
  private from = 0;
  private to = 0;
  private end = 0;
  private nextMark = marksAt;
  private ending: number = Ending.enough;
  private readonly counts: Int32Array;
  private readonly machine: ScanMachine;
  private readonly dialect: Dialect;
  private readonly columns: ScanColumns;
  private readonly stride: number;
  private readonly mostRecords: number;
  /** Ends any field, then any quoted one. */
  private readonly sentinel: Buffer;

  constructor(machine: ScanMachine, dialect: Dialect, columns: ScanColumns) {
    this.machine = machine;
    this.dialect = dialect;
    this.columns = columns;
    this.bytes = Buffer.from(machine.memory.buffer);
    this.notes = new Int32Array(machine.memory.buffer, notesAt, notesBytes / numberBytes);
    this.counts = new Int32Array(machine.memory.buffer, machine.counts.value, Count.mark + 1);
    this.stride = numbersOfRecord * (1 + columns.watched);
    this.mostRecords = columns.watched === 0 ? pieceBytes : Math.floor(this.notes.length / this.stride) - 1;
    this.sentinel = Buffer.from(`\n${dialect.quote}`.padEnd(marginBytes, '\0'), 'latin1');
  }

  /** Starts a window whose records end before `end`; if it is suspect, only ASCII is certainly valid. */
  open(window: Uint8Array, end: number, isSuspect: boolean): void {
    const { delimiter, quote, max_row_bytes } = this.dialect;
    const lowest = isSuspect ? asciiOnly : allBytes;
    this.machine.setDialect(delimiter.charCodeAt(0), quote.charCodeAt(0), max_row_bytes, lowest);
    this.bytes.set(this.columns.described, columnsAt);
    this.window = window;
    this.windowEnd = end;
    this.to = 0;
    this.ending = Ending.enough;
  }

  /** The record after the run is not certainly valid; otherwise it was not read, or may be incomplete. */
  get isDoubtful(): boolean {
    return this.ending === Ending.doubt;
  }

  /** Finds the run of valid records at a position, at most `most`; false if there is none. */
  run(at: number, most: number): boolean {
    if (at >= this.windowEnd) return false;
    const isInside = at >= this.from && at < this.to;
    const isCutOff = this.ending === Ending.cut && at === this.end && at > this.from;
    if (!isInside || isCutOff) this.load(at);
    if (this.runOn(at, most)) return true;
    if (this.ending !== Ending.cut || at === this.from) return false;
    this.load(at);
    return this.runOn(at, most);
  }

  /** Where in the window a record of the run starts; after the last one, where the run ends. */
  startOf(record: number): number {
    const start = this.notes[record * this.stride] ?? 0;
    return record < this.count ? this.inWindow(start) : this.end;
  }

  /** Line feeds of the run before a record. */
  lineOf(record: number): number {
    return record < this.count ? (this.notes[record * this.stride + 1] ?? 0) : this.lines;
  }

  /** Where in the notes those of a record's values begin. */
  valuesOf(record: number): number {
    return record * this.stride + numbersOfRecord;
  }

  private inWindow(position: number): number {
    return position - pieceAt + this.from;
  }

  private runOn(at: number, most: number): boolean {
    const { machine, columns } = this;
    const count = columns.described.length / columnBytes;
    const [from, to] = [at - this.from + pieceAt, this.to - this.from + pieceAt];
    const records = Math.min(most, this.mostRecords);
    const isWatched = columns.watched > 0;
    const end = machine.run(columnsAt, count, isWatched, notesAt, this.nextMark, from, to, records);
    this.end = this.inWindow(end);
    this.readCounts();
    return this.count > 0;
  }

  private readCounts(): void {
    const { counts } = this;
    this.count = counts[Count.records] ?? 0;
    this.lines = counts[Count.lines] ?? 0;
    this.hasLf ||= counts[Count.lf] === 1;
    this.hasCrlf ||= counts[Count.crlf] === 1;
    this.isMultiline ||= counts[Count.multiline] === 1;
    this.ending = counts[Count.ending] ?? Ending.doubt;
    this.nextMark = counts[Count.mark] ?? marksAt;
  }

  private load(at: number): void {
    this.from = at;
    this.to = Math.min(this.windowEnd, at + pieceBytes);
    const end = pieceAt + this.to - at;
    this.bytes.set(this.window.subarray(at, this.to), pieceAt);
    this.bytes.set(this.sentinel, end);
    this.machine.mark(pieceAt, end + 2, marksAt);
    this.nextMark = marksAt;
  }
}
