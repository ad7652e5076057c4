const mostKept = 2 ** 14;
const high = 2 ** 21;

/** A hash of 53 bits; two texts rarely share one. */
export const textHash = (text: string): number => {
  let [one, other] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b);
    other ^= other >>> 13;
  }
  one = mixed(one ^ text.length);
  other = mixed(other);
  return (one >>> 0) * high + (other >>> 11);
};

const mixed = (bits: number): number => {
  const once = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return twice ^ (twice >>> 16);
};

/**
 * Detects duplicate texts in constant memory: exactly up to 16,384 different texts, beyond that in a sample of the texts (it
 * sees every occurrence of a sampled text, so it misses no duplicate of one).
 */
export class DistinctSketch {
  /** Number of duplicates of sampled texts. */
  repeats = 0;
  private seen = new Set<number>();
  /** A text is in the sample if its hash is divisible by this. */
  private stride = 1;

  add(text: string): void {
    const hash = textHash(text);
    if (this.stride > 1 && hash % this.stride !== 0) return;
    if (this.seen.has(hash)) {
      this.repeats++;
      return;
    }
    this.seen.add(hash);
    if (this.seen.size > mostKept) this.thin();
  }

  /** Estimated number of different texts; exact for small numbers. */
  get distinct(): number {
    return this.seen.size * this.stride;
  }

  private thin(): void {
    this.stride *= 2;
    this.seen = new Set([...this.seen].filter((hash) => hash % this.stride === 0));
  }
}
