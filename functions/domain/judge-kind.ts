const kinds: readonly (readonly [string, readonly number[]])[] = [
  ['gzip without .gz at the end of its name', [0x1f, 0x8b]],
  ['a ZIP archive or a spreadsheet', [0x50, 0x4b, 0x03, 0x04]],
  ['Parquet', [0x50, 0x41, 0x52, 0x31]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

/** Names what a file is by its first bytes, where that helps the one who sent it; undefined for what is not known. */
export const fileKind = (bytes: Uint8Array): string | undefined =>
  kinds.find(([, magic]) => magic.every((byte, at) => bytes[at] === byte))?.[0];
