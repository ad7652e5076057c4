/** Bytes that come in chunks, taken one piece after another; the end of the last piece can be given back. */
export class ByteSource {
  /** Bytes taken so far, which is the place of the next one. */
  offset = 0;
  private chunk: Uint8Array = new Uint8Array();
  private at = 0;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly longest: number;

  /** Pieces are `longest` bytes at most. */
  constructor(content: AsyncIterable<Uint8Array>, longest: number) {
    this.chunks = content[Symbol.asyncIterator]();
    this.longest = longest;
  }

  /** The next bytes, at least one and at most `most`; undefined at the end. */
  async piece(most = this.longest): Promise<Uint8Array | undefined> {
    while (this.at === this.chunk.length) {
      const { done, value } = await this.chunks.next();
      if (done) return undefined;
      this.chunk = value;
      this.at = 0;
    }
    const piece = this.chunk.subarray(this.at, this.at + Math.min(most, this.longest));
    this.move(piece.length);
    return piece;
  }

  /** The next bytes, `count` of them or, at the end, fewer. */
  async bytes(count: number): Promise<Buffer> {
    const found = Buffer.alloc(count);
    let length = 0;
    while (length < count) {
      const piece = await this.piece(count - length);
      if (!piece) break;
      found.set(piece, length);
      length += piece.length;
    }
    return found.subarray(0, length);
  }

  /** Returns the last `count` bytes of the last piece to the source. */
  giveBack(count: number): void {
    this.move(-count);
  }

  private move(count: number): void {
    this.at += count;
    this.offset += count;
  }
}
