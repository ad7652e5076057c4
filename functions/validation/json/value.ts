import type { KeyIndex } from '../keys/key-index.ts';
import type { LeafShape } from './shape.ts';
import { type JsonKind, kindOf, skipValue } from './skip.ts';
import type { JsonTokens } from './tokens.ts';
import type { RecordViolations } from './violations.ts';

/** Bytes of a value that are decoded to be shown. */
const mostShown = 400;

/** Validates the single values of one record after another, and notes the positions of its key's values. */
export class ValueValidator {
  private readonly keyStarts: number[] = [];
  private readonly keyEnds: number[] = [];
  /** Only for those with escapes. */
  private readonly keyTexts: (string | undefined)[] = [];
  private readonly tokens: JsonTokens;
  private readonly violations: RecordViolations;

  constructor(tokens: JsonTokens, violations: RecordViolations) {
    this.tokens = tokens;
    this.violations = violations;
  }

  /** Reads the value that begins with this byte; false if it is not JSON. Empty strings and null are no value. */
  read(leaf: LeafShape, byte: number, element: number, depth: number): boolean {
    const { tokens } = this;
    const kind = kindOf(byte);
    const start = tokens.at;
    if (!skipValue(tokens, byte, depth)) return false;
    if (kind === 'null' || (kind === 'a string' && tokens.start === tokens.close)) {
      this.missing(leaf, element);
    } else if (kind === leaf.json) this.check(leaf, element);
    else this.misplaced(leaf, kind, start, element);
    return true;
  }

  missing({ field }: LeafShape, element: number): void {
    if (!field.required) return;
    const says = 'is missing, every record needs one';
    this.violations.add({ rule: 'required', field, element, says });
  }

  /** Adds the key of the record that was read, which is valid. */
  addKey(index: KeyIndex, ordinal: number, line: number): void {
    for (const [at, start] of this.keyStarts.entries()) {
      const text = this.keyTexts[at];
      if (text === undefined) index.take(this.tokens.bytes, start, this.keyEnds[at] ?? start);
      else index.takeText(text);
    }
    index.add(ordinal, line);
  }

  private misplaced({ field, json }: LeafShape, kind: JsonKind, start: number, element: number): void {
    const { bytes, at } = this.tokens;
    const value = field.pii ? undefined : bytes.toString('utf8', start, Math.min(at, start + mostShown));
    const says = `is ${kind} in JSON, the manifest asks for ${json} (${field.type_name})`;
    this.violations.add({ rule: 'type', field, element, value, says });
  }

  private check({ validate, field, keyAt }: LeafShape, element: number): void {
    const { tokens } = this;
    const { bytes, start, close, hasEscape } = tokens;
    if (keyAt >= 0) {
      this.keyStarts[keyAt] = start;
      this.keyEnds[keyAt] = close;
      this.keyTexts[keyAt] = hasEscape ? tokens.text() : undefined;
    }
    if (!hasEscape && validate.quick(bytes, start, close)) return;
    const text = tokens.text();
    const violation = validate.violation(text);
    if (!violation) return;
    const value = field.pii ? undefined : text;
    this.violations.add({ ...violation, field, element, value });
  }
}
