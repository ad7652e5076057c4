import type { Cut, JsonCutter } from './cutter.ts';

const [lf, cr] = [0x0a, 0x0d];

/** Cuts JSON lines: one record a line, which ends with LF or CRLF; the last line may have no end. */
export class LineCutter implements JsonCutter {
  start = 0;
  end = 0;
  next = 0;
  readonly breaksBefore = 0;
  breaksInside = 0;
  readonly problem = '';
  hasLf = false;
  hasCrlf = false;

  cut(bytes: Buffer, from: number, to: number, isLast: boolean): Cut {
    this.next = from;
    if (from === to) return isLast ? 'end' : 'part';
    const at = bytes.indexOf(lf, from);
    const isEnded = at >= 0 && at < to;
    if (!isEnded && !isLast) return 'part';
    this.start = from;
    this.end = isEnded ? at : to;
    this.next = isEnded ? at + 1 : to;
    this.breaksInside = isEnded ? 1 : 0;
    if (isEnded) this.dropCarriageReturn(bytes);
    return 'record';
  }

  private dropCarriageReturn(bytes: Buffer): void {
    if (this.end > this.start && bytes[this.end - 1] === cr) {
      this.end--;
      this.hasCrlf = true;
    } else this.hasLf = true;
  }
}
