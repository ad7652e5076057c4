/** A list of whole numbers below 2^32 that grows, four bytes each. */
class Numbers {
  length = 0;
  private values = new Uint32Array(1024);

  push(value: number): void {
    if (this.length === this.values.length) {
      const values = new Uint32Array(this.length * 2);
      values.set(this.values);
      this.values = values;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  sort(): void {
    this.values.subarray(0, this.length).sort();
  }

  /** Index of the last one that is not greater than `value`, -1 if there is none; they are sorted. */
  lastUpTo(value: number): number {
    let [from, to] = [0, this.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.at(middle) <= value) from = middle + 1;
      else to = middle;
    }
    return from - 1;
  }
}

/** Lines of a file whose records are in quarantine. */
export class QuarantinedLines {
  private readonly lines = new Numbers();

  add(line: number): void {
    this.lines.push(line);
  }

  /** Call it when all are added. */
  sort(): void {
    this.lines.sort();
  }

  get count(): number {
    return this.lines.length;
  }

  /** A record of which lines were repaired. */
  ticket(): LineTicket {
    return new LineTicket(this.lines);
  }
}

/** Lets every line pass once. */
export class LineTicket {
  private readonly lines: Numbers;
  private readonly taken: Uint8Array;

  constructor(lines: Numbers) {
    this.lines = lines;
    this.taken = new Uint8Array(lines.length);
  }

  /** `unknown`: no record of that line is in quarantine. */
  take(line: number): 'taken' | 'unknown' | 'again' {
    const at = this.lines.lastUpTo(line);
    if (at < 0 || this.lines.at(at) !== line) return 'unknown';
    if (this.taken[at] === 1) return 'again';
    this.taken[at] = 1;
    return 'taken';
  }
}

/** Finds the line of the landed file for a record of the repaired text. */
export class LineMap {
  private readonly starts = new Numbers();
  private readonly lines = new Numbers();

  /** The next record of the repaired text: its line there, and its line in the landed file. */
  add(start: number, line: number): void {
    this.starts.push(start);
    this.lines.push(line);
  }

  /** The line of the landed file for a line of the repaired text. */
  landed(line: number): number {
    const at = this.starts.lastUpTo(line);
    return at < 0 ? line : this.lines.at(at) + line - this.starts.at(at);
  }

  /** The line of the repaired text on which a record starts, by its position from 1. */
  start(ordinal: number): number {
    return this.starts.at(ordinal - 1);
  }
}
