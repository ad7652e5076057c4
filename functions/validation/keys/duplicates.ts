import { type Partitions, partitionCount } from './partitions.ts';

/** Words of an entry: the hash of its key, the record's ordinal and its line. */
export const [ordinalWord, lineWord, entryWords] = [4, 5, 6];

type Tell = (ordinal: number, line: number, other: number) => void;

/** Which records of a duplicate key are reported: all but the first or the last one, or every one. */
export type Kept = 'first' | 'last' | 'reject';

/**
 * Reports every record to be quarantined, with its line and the line of the record that is kept (if none is, of the first one,
 * and for that one of the second), in any order. Holds the different keys of one partition at a time.
 */
export const findDuplicates = (entries: Partitions, kept: Kept, tell: Tell): void => {
  const table = new KeyTable();
  for (let partition = 0; partition < partitionCount; partition++) {
    table.clear();
    for (const block of entries.read(partition, kept === 'last')) {
      if (kept === 'last') fromTheEnd(block, table, tell);
      else fromTheStart(block, table, tell, kept === 'reject');
    }
  }
};

const fromTheEnd = (block: Uint32Array, table: KeyTable, tell: Tell): void => {
  for (let at = block.length - entryWords; at >= 0; at -= entryWords) {
    const before = table.place(block, at);
    if (before !== undefined) tell(ordinalAt(block, at), lineAt(block, at), lineAt(table.entries, before));
  }
};

const fromTheStart = (block: Uint32Array, table: KeyTable, tell: Tell, isFirstTold: boolean): void => {
  for (let at = 0; at < block.length; at += entryWords) {
    const before = table.place(block, at);
    if (before === undefined) continue;
    const [line, other] = [lineAt(block, at), lineAt(table.entries, before)];
    tell(ordinalAt(block, at), line, other);
    const first = ordinalAt(table.entries, before);
    if (!isFirstTold || first === alreadyTold) continue;
    tell(first, other, line);
    table.entries[before + ordinalWord] = alreadyTold;
  }
};

/** Ordinals count from 1. */
const alreadyTold = 0;

const ordinalAt = (entries: Uint32Array, at: number): number => entries[at + ordinalWord] ?? 0;
const lineAt = (entries: Uint32Array, at: number): number => entries[at + lineWord] ?? 0;

/** Hash table of the entries that came first with their key; open addressing, at most half full. */
class KeyTable {
  entries = new Uint32Array(2 ** 10 * entryWords);
  private count = 0;
  /** Index among the entries, from 1; 0 if a slot is free. */
  private slots = new Uint32Array(2 ** 11);

  clear(): void {
    this.count = 0;
    this.slots.fill(0);
  }

  /** Position of the existing entry of the same key; undefined if this one was added. */
  place(block: Uint32Array, at: number): number | undefined {
    if (this.count * 2 === this.slots.length) this.grow();
    let slot = this.slotOf(block, at);
    for (let place = this.slots[slot]; place; place = this.slots[slot]) {
      const before = (place - 1) * entryWords;
      if (this.isSame(before, block, at)) return before;
      slot = (slot + 1) & (this.slots.length - 1);
    }
    const to = this.count++ * entryWords;
    for (let word = 0; word < entryWords; word++) this.entries[to + word] = block[at + word] ?? 0;
    this.slots[slot] = this.count;
    return undefined;
  }

  /** The first word has chosen the partition. */
  private slotOf(block: Uint32Array, at: number): number {
    return (block[at + 1] ?? 0) & (this.slots.length - 1);
  }

  private isSame(before: number, block: Uint32Array, at: number): boolean {
    const { entries } = this;
    return (
      entries[before] === block[at] &&
      entries[before + 1] === block[at + 1] &&
      entries[before + 2] === block[at + 2] &&
      entries[before + 3] === block[at + 3]
    );
  }

  private grow(): void {
    const entries = new Uint32Array(this.entries.length * 2);
    entries.set(this.entries);
    this.entries = entries;
    this.slots = new Uint32Array(this.slots.length * 2);
    for (let place = 1; place <= this.count; place++) {
      let slot = this.slotOf(entries, (place - 1) * entryWords);
      while (this.slots[slot]) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = place;
    }
  }
}
