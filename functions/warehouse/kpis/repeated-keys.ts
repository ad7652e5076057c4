/** Finds keys of items that repeat, in 8 bytes for each item. */

/** Hashes of keys; different keys with one hash are possible, so what repeats is only suspected. */
export class KeyHashes {
  private hashes = new Float64Array(1024);
  private size = 0;

  add({ pk, sk }: { readonly pk: string; readonly sk: string }): void {
    if (this.size === this.hashes.length) {
      const larger = new Float64Array(this.size * 2);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes[this.size++] = hashOf(pk, sk);
  }

  /** Hashes that were added more than once; nothing may be added afterwards. */
  repeated(): ReadonlySet<number> {
    const sorted = this.hashes.subarray(0, this.size).sort();
    const found = new Set<number>();
    for (let at = 1; at < sorted.length; at++)
      if (sorted[at] === sorted[at - 1]) found.add(sorted[at] as number);
    return found;
  }
}

/** A hash of 53 bits (cyrb53) of both parts of a key. */
export const hashOf = (pk: string, sk: string): number => {
  let [one, other] = [0xdeadbeef ^ pk.length, 0x41c6ce57];
  for (const text of [pk, sk])
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      one = Math.imul(one ^ code, 2654435761);
      other = Math.imul(other ^ code, 1597334677);
    }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & other) + (one >>> 0);
};
