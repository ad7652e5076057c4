import { LineCutter } from '../json/lines.ts';
import { JsonReader, type JsonRecord } from '../json/reader.ts';
import { kindOf, readColon, readKey, skipValue } from '../json/skip.ts';
import { JsonTokens, jsonByte } from '../json/tokens.ts';
import type { ViolationLog } from '../violations.ts';
import type { RowsReader, SentRow } from './reader.ts';
import { rowsColumns } from './writer.ts';

const { source, line, errors, raw } = rowsColumns;
const known: readonly string[] = [source, line, errors, raw, 'record'];
const texts: readonly string[] = [source, errors, raw];

/** Reads a rows file of JSON lines, of at most `longest` bytes each; blank lines are no rows. */
export class JsonRowsReader implements RowsReader {
  readonly columns = undefined;
  private readonly tokens = new JsonTokens();
  private readonly reader: JsonReader;
  private readonly violations: ViolationLog;
  private readonly onRow: (row: SentRow) => void;

  constructor(longest: number, violations: ViolationLog, onRow: (row: SentRow) => void) {
    this.violations = violations;
    this.onRow = onRow;
    this.reader = new JsonReader(new LineCutter(), longest, {
      onRecord: (record) => this.read(record),
      onTooLong: (at) => this.reject('max_row_bytes', at, `is longer than ${longest} bytes`),
      onBroken: (at, problem) => this.reject('json', at, `is no JSON: ${problem}`),
    });
  }

  get isStopped(): boolean {
    return this.reader.isStopped;
  }

  write(bytes: Uint8Array): void {
    this.reader.write(bytes);
  }

  end(): void {
    this.reader.drain(true);
  }

  stop(): void {
    this.reader.stop();
  }

  private read({ bytes, start, end, line: place, isUtf8 }: JsonRecord): void {
    if (start === end) return;
    this.tokens.begin(bytes, start, end);
    const members = new Map<string, string>();
    if (!isUtf8) this.reject('encoding', place, 'is not UTF-8');
    else if (!this.readObject(members)) this.reject('json', place, `is no row: ${this.tokens.problem}`);
    else
      this.onRow({
        place,
        source: members.get(source) ?? '',
        line: (members.get(line) ?? '').trim(),
        raw: members.get(raw) ?? '',
        fields: [],
        record: members.get('record'),
      });
  }

  /** The record's text is kept as written, so that its numbers do not change. */
  private readObject(members: Map<string, string>): boolean {
    const { tokens } = this;
    if (tokens.next() !== jsonByte.openBrace) return tokens.fails('an object is expected');
    tokens.at++;
    do {
      if (!readKey(tokens)) return false;
      const key = tokens.text();
      if (!known.includes(key) || members.has(key))
        return tokens.fails('it has a key of its own, or one twice');
      if (!readColon(tokens) || !this.readMember(key, members)) return false;
    } while (tokens.goesOn(jsonByte.closeBrace));
    return (
      tokens.problem === '' && (tokens.next() === jsonByte.none || tokens.fails('text follows the object'))
    );
  }

  private readMember(key: string, members: Map<string, string>): boolean {
    const { tokens } = this;
    const first = tokens.next();
    const start = tokens.at;
    const kind = kindOf(first);
    if (texts.includes(key) && kind !== 'a string') return tokens.fails(`${key} is no text`);
    if (!skipValue(tokens, first, 0)) return false;
    const isText = kind === 'a string' && key !== 'record';
    members.set(key, isText ? tokens.text() : tokens.bytes.toString('utf8', start, tokens.at));
    return true;
  }

  private reject(rule: string, at: number, says: string): void {
    this.stop();
    this.violations.add(rule, undefined, () => ({ line: at, subject: 'the row', says }));
  }
}
