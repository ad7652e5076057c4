import { utcText } from '../../functions/validation/index.ts';
import { DistinctSketch } from './distinct-sketch.ts';
import { digitRuns, lookOf, shapeOf, type TextLook } from './text-shape.ts';
import { canonicalText, momentFormat, type ValueKind, valueKind } from './value-kind.ts';

const mostValues = 24;
const longestValue = 64;

const minus = 0x2d;
const areDigits: ReadonlySet<ValueKind> = new Set(['int', 'zero_led', 'huge']);
/** Kinds whose values are counted by type, not by shape. */
const unshaped: ReadonlySet<ValueKind> = new Set([
  ...areDigits,
  'decimal',
  'float',
  'date',
  'timestamp',
  'timestamptz',
]);

/** Longest decimal text that a float stores exactly. */
const surelyExact = 16;

const isRounded = (text: string, value: number): boolean => {
  const digits = (written: string): string => written.replace(/[-.]|e.*/g, '').replace(/^0+|0+$/g, '');
  return digits(String(value)) !== digits(text);
};

const raise = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const characters = (text: string): number => {
  let pairs = 0;
  for (let at = 1; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) pairs++;
  return text.length - pairs;
};

/** Statistics of all values of one column, in constant memory. */
export class ColumnProfile {
  readonly name: string;
  /** Number of values, without empty ones. */
  values = 0;
  empty = 0;
  readonly kinds = new Map<ValueKind, number>();
  readonly nullWords = new Map<string, number>();
  readonly looks = new Map<TextLook, number>();
  readonly momentFormats = new Map<string, number>();
  /** Each value with its count; undefined once there are too many for a list. */
  counts: Map<string, number> | undefined = new Map();
  /** Number of values by their digits after the point. */
  readonly scales = new Map<number, number>();
  wholeDigits = 0;
  /** Decimals with only zeros after the point. */
  wholeDecimals = 0;
  /** Decimals that a float would round. */
  rounded = 0;
  /** Decimals that may be whole numbers with a point between thousands, such as 18.400. */
  grouped = 0;
  negatives = 0;
  /** Of the numbers. */
  least = Infinity;
  greatest = -Infinity;
  /** Of the dates or timestamps, in text order. */
  earliest = '';
  latest = '';
  /** In code points. */
  shortest = Infinity;
  longest = 0;
  /** All values consist of ASCII letters, digits, `-` and `_`. */
  isCode = true;
  /** The common shape of all values and their runs of digits; undefined if there are several shapes or none. */
  shape: { readonly text: string; readonly runs: (number | undefined)[] } | undefined;
  private hasShape = true;
  /** No duplicate was seen within a file. */
  isUnique = true;
  private sketch = new DistinctSketch();

  constructor(name: string) {
    this.name = name;
  }

  add(text: string): void {
    if (text === '') {
      this.empty++;
      return;
    }
    this.values++;
    const kind = valueKind(text);
    raise(this.kinds, kind);
    this.measure(text, kind);
    if (kind === 'null_word') raise(this.nullWords, text);
    if (kind === 'int' || kind === 'decimal' || kind === 'float') this.addNumber(text, kind);
    else if (kind === 'timestamp' || kind === 'date') this.addMoment(kind, text);
    else if (kind === 'timestamptz') this.addSpan(`${utcText(text).replace(' ', 'T')}Z`);
    else if (kind !== 'bool') this.addLook(text);
    if (this.isUnique) this.addDistinct(canonicalText(text, kind));
    if (this.counts) this.addCount(text, this.counts);
  }

  /** Starts a new file: values may occur again in it. */
  endFile(): void {
    if (this.isUnique) this.sketch = new DistinctSketch();
  }

  /** Number of values of these kinds. */
  of(...kinds: readonly ValueKind[]): number {
    return kinds.reduce((sum, kind) => sum + (this.kinds.get(kind) ?? 0), 0);
  }

  /** Share (0 to 1) of the values with that look. */
  looksLike(look: TextLook): number {
    return this.values === 0 ? 0 : (this.looks.get(look) ?? 0) / this.values;
  }

  private measure(text: string, kind: ValueKind): void {
    const length = characters(text);
    if (length < this.shortest) this.shortest = length;
    if (length > this.longest) this.longest = length;
    if (this.isCode && !areDigits.has(kind) && !/^[A-Za-z0-9_-]+$/.test(text)) this.isCode = false;
    if (this.hasShape) this.addShape(text, kind);
  }

  private addNumber(text: string, kind: ValueKind): void {
    const value = Number(text);
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
    const isNegative = text.charCodeAt(0) === minus;
    if (isNegative) this.negatives++;
    const point = text.indexOf('.');
    const end = point < 0 ? text.length : point;
    if (kind !== 'float') raise(this.scales, point < 0 ? 0 : text.length - point - 1);
    if (kind === 'decimal' && !/[1-9]/.test(text.slice(point))) this.wholeDecimals++;
    if (kind === 'decimal' && /^-?[1-9][0-9]{0,2}\.[0-9]{3}$/.test(text)) this.grouped++;
    if (kind === 'decimal' && text.length > surelyExact && isRounded(text, value)) this.rounded++;
    const digits = isNegative ? end - 1 : end;
    if (kind !== 'float' && digits > this.wholeDigits) this.wholeDigits = digits;
  }

  private addMoment(kind: ValueKind, text: string): void {
    if (kind === 'timestamp') raise(this.momentFormats, momentFormat(text) ?? '');
    this.addSpan(text);
  }

  private addSpan(text: string): void {
    if (this.earliest === '' || text < this.earliest) this.earliest = text;
    if (text > this.latest) this.latest = text;
  }

  private addLook(text: string): void {
    const look = lookOf(text);
    if (look) raise(this.looks, look);
  }

  private addShape(text: string, kind: ValueKind): void {
    const shape = unshaped.has(kind) ? undefined : shapeOf(text);
    const runs = digitRuns(text);
    this.shape ??= shape === undefined ? undefined : { text: shape, runs: [...runs] };
    if (shape === undefined || this.shape?.text !== shape) {
      this.hasShape = false;
      this.shape = undefined;
      return;
    }
    for (const [at, run] of runs.entries()) if (this.shape.runs[at] !== run) this.shape.runs[at] = undefined;
  }

  private addDistinct(text: string): void {
    this.sketch.add(text);
    if (this.sketch.repeats > 0) this.isUnique = false;
  }

  private addCount(text: string, counts: Map<string, number>): void {
    raise(counts, text);
    if (counts.size > mostValues || text.length > longestValue) this.counts = undefined;
  }
}
