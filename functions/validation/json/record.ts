import type { KeyIndex } from '../keys/key-index.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ViolationLog } from '../violations.ts';
import { JsonColumns } from './columns.ts';
import { nestedRecord } from './nesting.ts';
import { type JsonShape, jsonShape, type ListShape, type Member, type ObjectShape } from './shape.ts';
import { type JsonKind, kindOf, readColon, readKey, skipValue } from './skip.ts';
import { JsonTokens, jsonByte } from './tokens.ts';
import { ValueValidator } from './value.ts';
import { type RecordViolation, RecordViolations } from './violations.ts';

const { none, closeBracket, openBracket, openBrace, closeBrace } = jsonByte;

/** A record may be valid, invalid, not JSON, or one that is validated after its keys are nested. */
export type RecordVerdict = 'valid' | 'invalid' | 'broken' | 'flat';

/** Validates JSON texts, one record each, by the manifest; it walks the text once and makes no object of it. */
export class JsonRecordValidator {
  readonly columns: JsonColumns;
  private readonly root: ObjectShape;
  private readonly tokens = new JsonTokens();
  private readonly violations: RecordViolations;
  private readonly values: ValueValidator;
  private readonly isComplete: boolean;
  private readonly log: ViolationLog;
  /** Number of the object that was begun last. */
  private objects = 0;
  private element = -1;
  /** A key such as `user.name` stands for a path. */
  private isFlat = false;

  constructor(manifest: Manifest, log: ViolationLog) {
    this.root = jsonShape(manifest.fields, manifest.key);
    this.violations = new RecordViolations(log);
    this.values = new ValueValidator(this.tokens, this.violations);
    this.columns = new JsonColumns(manifest, this.root, this.violations);
    this.isComplete = manifest.fields_required;
    this.log = log;
  }

  /** Adds violations of the record there, the known ones first; of one that is not JSON only the first violation. */
  validate(
    bytes: Buffer,
    start: number,
    end: number,
    line: number,
    known: readonly RecordViolation[] = [],
  ): RecordVerdict {
    const { tokens } = this;
    tokens.begin(bytes, start, end);
    this.violations.begin(known);
    this.element = none;
    this.isFlat = false;
    const isRead = this.record() && this.isOver();
    if (isRead && this.isFlat) return 'flat';
    if (isRead) return this.violations.report(line) ? 'invalid' : 'valid';
    const says = `is not JSON: ${tokens.problem} (byte ${tokens.problemAt - start + 1})`;
    this.log.add('json', undefined, () => ({ line, subject: 'the record', says }));
    return 'broken';
  }

  /** The record there, which was `flat`, with its keys nested. Throws NamedTwice. */
  nested(bytes: Buffer, start: number, end: number): Buffer {
    this.tokens.begin(bytes, start, end);
    // Line breaks are blanks between tokens.
    return Buffer.from(nestedRecord(this.tokens, this.root).replace(/[\r\n]/g, ' '));
  }

  /** Adds the key of the record that was validated last, which is valid. */
  addKey(index: KeyIndex, ordinal: number, line: number): void {
    this.values.addKey(index, ordinal, line);
  }

  private isOver(): boolean {
    return this.tokens.next() === none || this.tokens.fails('something follows it');
  }

  private record(): boolean {
    const byte = this.tokens.next();
    if (byte === openBrace) return this.object(this.root, 1);
    if (!skipValue(this.tokens, byte, 0)) return false;
    const says = `is ${kindOf(byte)}, every record is an object`;
    this.violations.add({ rule: 'record', element: none, subject: 'the record', says });
    return true;
  }

  private object(shape: ObjectShape, depth: number): boolean {
    const { tokens } = this;
    const number = ++this.objects;
    tokens.at++;
    if (tokens.next() === closeBrace) tokens.at++;
    else if (!this.members(shape, number, depth)) return false;
    for (const member of shape.members) if (member.seenIn !== number) this.lacks(shape, member);
    return true;
  }

  private members(shape: ObjectShape, number: number, depth: number): boolean {
    const { tokens } = this;
    const strangers = new Strangers();
    let expected = 0;
    do {
      const member = this.key(shape, expected, strangers);
      if (tokens.problem !== '') return false;
      if (member?.seenIn === number) return this.twice();
      if (!readColon(tokens)) return false;
      const byte = tokens.next();
      if (member) {
        member.seenIn = number;
        expected = member.at + 1;
        if (!this.value(member.shape, byte, depth)) return false;
      } else if (!skipValue(tokens, byte, depth)) return false;
    } while (tokens.goesOn(closeBrace));
    return tokens.problem === '';
  }

  /** Usually the keys of a record are in the order of the one before; undefined for a key that the manifest does not name. */
  private key(shape: ObjectShape, expected: number, strangers: Strangers): Member | undefined {
    const { tokens } = this;
    tokens.next();
    const likely = shape.members[expected];
    if (likely && tokens.skips(likely.quoted)) return likely;
    if (!readKey(tokens)) return undefined;
    const key = tokens.text();
    const member = shape.byKey.get(key);
    if (!member && strangers.knows(key)) this.twice();
    else if (shape.flat.has(key)) this.isFlat = true;
    else if (!member) this.columns.unknown(shape, key, this.element);
    return member;
  }

  private twice(): false {
    return this.tokens.fails('an object names a key twice');
  }

  private value(shape: JsonShape, byte: number, depth: number): boolean {
    if (shape.kind === 'leaf') {
      if (!shape.isSeen) this.columns.seen(shape);
      return this.values.read(shape, byte, this.element, depth);
    }
    if (shape.kind === 'list' && byte === openBracket) return this.list(shape, depth + 1);
    if (shape.kind === 'object' && byte === openBrace) return this.object(shape, depth + 1);
    const kind = kindOf(byte);
    if (!skipValue(this.tokens, byte, depth)) return false;
    if (kind === 'null' && this.element === none) this.absent(shape);
    else this.misplaced(shape, kind);
    return true;
  }

  private list({ items }: ListShape, depth: number): boolean {
    const { tokens } = this;
    tokens.at++;
    if (tokens.next() === closeBracket) {
      tokens.at++;
      if (items.kind === 'leaf') this.values.missing(items, none);
      return true;
    }
    this.element = 0;
    do {
      if (!this.value(items, tokens.next(), depth)) return false;
      this.element++;
    } while (tokens.goesOn(closeBracket));
    this.element = none;
    return tokens.problem === '';
  }

  private misplaced(shape: ListShape | ObjectShape, kind: JsonKind): void {
    const asked = shape.kind === 'list' ? 'an array' : 'an object';
    const column = shape.path.replace(/\.$/, '');
    const says = `is ${kind}${kind === 'null' ? '' : ' in JSON'}, the manifest asks for ${asked}`;
    this.violations.add({ rule: 'type', column, element: this.element, says });
  }

  private lacks(object: ObjectShape, { key, shape }: Member): void {
    if (!this.isComplete) {
      this.absent(shape);
      return;
    }
    const where = shape.kind === 'leaf' ? { field: shape.field } : { column: object.path + key };
    const says = 'lacks it, every record names all keys';
    this.violations.add({
      rule: 'missing_column',
      ...where,
      element: this.element,
      subject: 'the record',
      says,
    });
  }

  /** The value is missing or null: an array of objects may be empty, everything else may be required. */
  private absent(shape: JsonShape): void {
    if (shape.kind === 'leaf') this.values.missing(shape, this.element);
    else if (shape.kind === 'object') for (const member of shape.members) this.absent(member.shape);
    else if (shape.items.kind === 'leaf') this.values.missing(shape.items, this.element);
  }
}

/** Keys of one object that the manifest does not name. */
class Strangers {
  private keys: Set<string> | undefined;

  /** Whether the object has named it before. */
  knows(key: string): boolean {
    this.keys ??= new Set();
    const { size } = this.keys;
    return this.keys.add(key).size === size;
  }
}
