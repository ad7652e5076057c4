import { createHash, hash } from 'node:crypto';

const words = 8;

/**
 * Hash of a set of records that does not depend on their order: the sum of the SHA-256 of their texts modulo 2^256, with their
 * number. A record that is there twice counts twice.
 */
export class ContentHash {
  /** Number of records. */
  count = 0;
  /** The sum, lowest word first. */
  private readonly sum = new Uint32Array(words);

  add(record: string): void {
    const digest = hash('sha256', record, 'buffer');
    let carry = 0;
    for (let place = 0; place < words; place++) {
      const word = (this.sum[place] ?? 0) + digest.readUInt32BE((words - 1 - place) * 4) + carry;
      this.sum[place] = word;
      carry = word > 0xffffffff ? 1 : 0;
    }
    this.count++;
  }

  /** 64 hex digits. */
  hex(): string {
    return createHash('sha256')
      .update(`${this.count}:${[...this.sum].join(',')}`)
      .digest('hex');
  }
}
