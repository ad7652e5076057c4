const quote = 0x22;
const backslash = 0x5c;

/** Finds where a JSON text ends that may be cut anywhere, also between a backslash and what it escapes. */
export class TextEnd {
  private isEscaped = false;

  /** The position after the closing quote; undefined if the text goes on in the next part. */
  after(bytes: Buffer, from: number): number | undefined {
    let at = from;
    if (this.isEscaped && at < bytes.length) {
      this.isEscaped = false;
      at++;
    }
    while (at < bytes.length) {
      const byte = bytes[at++];
      if (byte === quote) return at;
      if (byte === backslash) {
        if (at === bytes.length) this.isEscaped = true;
        at++;
      }
    }
    return undefined;
  }
}
