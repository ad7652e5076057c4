/** Room on a disk for the time of one validation; nothing is opened before something is written. */
export type Scratch = {
  /** Appends bytes and returns their position; the bytes are only valid during the call. */
  append(bytes: Uint8Array): number;
  /** Fills `into` with what was written at a position. */
  read(at: number, into: Uint8Array): void;
  /** Deletes it all. */
  close(): void;
};

/** Number of partitions. */
export const partitionCount = 256;

const blockWords = 2 ** 11;
/** A block in memory, or its position in the scratch. */
type Block = Uint32Array | number;

/**
 * Rows with a fixed number of unsigned 32-bit numbers, distributed to partitions and read back in their original order. Holds the first
 * `memoryBytes` of them in memory and the others in the scratch, or all in memory if there is no scratch.
 */
export class Partitions {
  private readonly blocks: Block[][] = Array.from({ length: partitionCount }, () => []);
  private readonly open: (Uint32Array | undefined)[] = new Array(partitionCount);
  private readonly used = new Uint32Array(partitionCount);
  private readonly wordsOfBlock: number;
  private heldBytes = 0;
  private readonly width: number;
  private readonly scratch: Scratch | undefined;
  private readonly memoryBytes: number;

  constructor(width: number, scratch: Scratch | undefined, memoryBytes: number) {
    this.width = width;
    this.scratch = scratch;
    this.memoryBytes = memoryBytes;
    this.wordsOfBlock = blockWords - (blockWords % width);
  }

  /** Adds one row; the array is lent for the call. */
  add(partition: number, row: Uint32Array): void {
    const block = this.open[partition] ?? this.begin(partition);
    const at = this.used[partition] ?? 0;
    for (let word = 0; word < this.width; word++) block[at + word] = row[word] ?? 0;
    this.used[partition] = at + this.width;
    if (at + this.width === this.wordsOfBlock) this.put(partition, block);
  }

  /**
   * Rows of a partition in order, in blocks that are valid until the next one is requested; the last block first if
   * `isBackwards`.
   */
  *read(partition: number, isBackwards = false): Generator<Uint32Array> {
    const full = this.blocks[partition] ?? [];
    const rest = this.open[partition]?.subarray(0, this.used[partition]);
    const all = rest ? [...full, rest] : [...full];
    const target = new Uint32Array(this.wordsOfBlock);
    for (const block of isBackwards ? all.reverse() : all) yield this.fetch(block, target);
  }

  private begin(partition: number): Uint32Array {
    const block = new Uint32Array(this.wordsOfBlock);
    this.open[partition] = block;
    return block;
  }

  private put(partition: number, block: Uint32Array): void {
    this.used[partition] = 0;
    const isHeld = this.scratch === undefined || this.heldBytes + block.byteLength <= this.memoryBytes;
    if (isHeld) {
      this.heldBytes += block.byteLength;
      this.open[partition] = undefined;
    }
    this.blocks[partition]?.push(isHeld ? block : (this.scratch?.append(bytesOf(block)) ?? 0));
  }

  private fetch(block: Block, target: Uint32Array): Uint32Array {
    if (typeof block !== 'number') return block;
    this.scratch?.read(block, bytesOf(target));
    return target;
  }
}

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
