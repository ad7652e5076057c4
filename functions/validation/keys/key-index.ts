import type { Manifest } from '../manifest/manifest.ts';
import type { Duplicate } from '../verdict.ts';
import type { ViolationLog } from '../violations.ts';
import { addDuplicate } from './duplicate-rows.ts';
import { entryWords, findDuplicates, lineWord, ordinalWord } from './duplicates.ts';
import { keyHash } from './hash.ts';
import { Partitions, partitionCount, type Scratch } from './partitions.ts';
import { KeyText } from './text.ts';

/**
 * What a parser does with keys: in the first reading it fills an index, in the second it leaves out the records that the index
 * found.
 */
export type KeyCheck = {
  readonly index?: KeyIndex | undefined;
  /** In order; each is reported as an invalid record. */
  readonly duplicates?: Iterable<Duplicate> | undefined;
};

/** Options of an index. */
export type KeyRoom = {
  /** A seed that the uploader cannot predict, such as the file's version id: without it, keys could be chosen to collide. */
  readonly seed?: string | undefined;
  /**
   * Stores entries that do not fit into memory; without it all are in memory. The duplicates can be read until it is closed.
   */
  readonly scratch?: Scratch | undefined;
  /** Bytes of entries that are held before the scratch is used. */
  readonly memoryBytes?: number | undefined;
};

const oneMillionEntries = 2 ** 20 * entryWords * 4;
const mostLines = 2 ** 32 - 1;

/** The index of a file's keys; undefined when its manifest names none. */
export const keyIndex = (manifest: Manifest, room: KeyRoom): KeyIndex | undefined =>
  manifest.key && new KeyIndex(manifest, room);

/**
 * Finds records with the same key in flat memory, whatever their format. Keys are compared by value (1.0 is 1.00) and
 * by a keyed hash of 128 bits; see `keyHash` for the chance of a mistake. Invalid records are not to be added.
 */
export class KeyIndex {
  /** Records added so far. */
  records = 0;
  /** It cannot count so far; its answer is worth nothing. */
  isOverfull = false;
  private lastOrdinal = 0;
  private others = 0;
  private readonly text: KeyText;
  private readonly hash: ReturnType<typeof keyHash>;
  private readonly entry = new Uint32Array(entryWords);
  private readonly entries: Partitions;
  private readonly scratch: Scratch | undefined;
  private readonly memoryBytes: number;

  constructor({ key = [], fields }: Manifest, { seed = '', scratch, memoryBytes }: KeyRoom) {
    const types = new Map(fields.map(({ name, type }) => [name, type]));
    this.text = new KeyText(key.map((name) => types.get(name) ?? { kind: 'string' }));
    this.hash = keyHash(seed);
    this.scratch = scratch;
    this.memoryBytes = memoryBytes ?? oneMillionEntries;
    this.entries = new Partitions(entryWords, scratch, this.memoryBytes);
  }

  /** Adds the next value of a record's key, in the order of the key, as UTF-8. */
  take(bytes: Uint8Array, start: number, end: number): void {
    this.text.add(bytes, start, end);
  }

  /** The same for a value that is not in a buffer in this form. */
  takeText(text: string): void {
    const bytes = Buffer.from(text);
    this.text.add(bytes, 0, bytes.length);
  }

  /** Adds the record whose values were taken: its position in the file, greater than the one before, and its line, both from 1. */
  add(ordinal: number, line: number): void {
    const { entry, text } = this;
    this.hash.hash(text.words, text.length, entry);
    text.clear();
    const place = this.others + ordinal;
    if (line > mostLines || place > mostLines) this.isOverfull = true;
    entry[ordinalWord] = place;
    entry[lineWord] = line;
    this.entries.add((entry[0] ?? 0) >>> 24, entry);
    this.records++;
    this.lastOrdinal = place;
  }

  /**
   * What was added so far belongs to another file: its keys count, but none of its records is quarantined. Positions start
   * again.
   */
  closeOthers(): void {
    this.others = this.lastOrdinal;
  }

  /** All records to be quarantined, in their order; can be read more than once. Another file's records are kept before later ones. */
  duplicates(kept: Manifest['on_duplicate']): Duplicates {
    const { others, lastOrdinal, scratch, memoryBytes } = this;
    const duplicates = new Duplicates(lastOrdinal - others, new Partitions(3, scratch, memoryBytes / 2));
    const keptHere = others > 0 && kept === 'last' ? 'first' : kept;
    findDuplicates(this.entries, keptHere, (ordinal, line, other) => {
      if (ordinal > others) duplicates.add(ordinal - others, line, other);
    });
    return duplicates;
  }
}

/** Duplicates, sorted by dealing them out to ranges of ordinals. */
class Duplicates implements Iterable<Duplicate> {
  count = 0;
  private readonly range: number;
  private readonly row = new Uint32Array(3);
  private readonly partitions: Partitions;

  constructor(lastOrdinal: number, partitions: Partitions) {
    this.range = Math.floor(lastOrdinal / partitionCount) + 1;
    this.partitions = partitions;
  }

  add(ordinal: number, line: number, other: number): void {
    this.row[0] = ordinal;
    this.row[1] = line;
    this.row[2] = other;
    this.partitions.add(Math.floor(ordinal / this.range), this.row);
    this.count++;
  }

  /** They are not part of a validation's result. */
  toJSON(): undefined {
    return undefined;
  }

  *[Symbol.iterator](): Generator<Duplicate> {
    for (let partition = 0; partition < partitionCount; partition++) yield* this.sorted(partition);
  }

  /** Each has a place of its own in its range, and a line of at least 1. */
  private *sorted(partition: number): Generator<Duplicate> {
    const first = partition * this.range;
    const lines = new Uint32Array(2 * this.range);
    for (const block of this.partitions.read(partition)) {
      for (let at = 0; at < block.length; at += 3) {
        const place = 2 * ((block[at] ?? 0) - first);
        lines[place] = block[at + 1] ?? 0;
        lines[place + 1] = block[at + 2] ?? 0;
      }
    }
    for (let at = 0; at < this.range; at++) {
      const [line, other] = [lines[2 * at] ?? 0, lines[2 * at + 1] ?? 0];
      if (line > 0) yield { ordinal: first + at, line, other };
    }
  }
}

export type { Duplicates };

/**
 * Adds a violation for each record that is quarantined because of its key, and returns the records; undefined if there are
 * none.
 */
export const validateKeys = (
  index: KeyIndex,
  manifest: Manifest,
  violations: ViolationLog,
): Duplicates | undefined => {
  const duplicates = index.duplicates(manifest.on_duplicate);
  for (const duplicate of duplicates) addDuplicate(duplicate, manifest, violations);
  violations.inRecords += duplicates.count;
  if (index.isOverfull) {
    const says = `has more than ${mostLines} lines, too many to tell its records apart by their keys`;
    violations.add('key', undefined, () => ({ subject: 'the file', says }));
  }
  return duplicates.count > 0 ? duplicates : undefined;
};
