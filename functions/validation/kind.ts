const kinds: readonly (readonly [string, readonly number[]])[] = [
  ['gzip without .gz at the end of its name', [0x1f, 0x8b]],
  ['Zstandard (zstd), which is not read', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2, which is not read', [0x42, 0x5a, 0x68]],
  ['xz, which is not read', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a ZIP archive or a spreadsheet', [0x50, 0x4b, 0x03, 0x04]],
  ['Parquet', [0x50, 0x41, 0x52, 0x31]],
  ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

/** Recognizes a file by its first bytes, if that helps its sender; undefined if the kind is unknown. */
export const fileKind = (bytes: Uint8Array): string | undefined =>
  kinds.find(([, magic]) => magic.every((byte, at) => bytes[at] === byte))?.[0] ?? wideText(bytes);

/** ASCII in two or four bytes per character, without a byte-order mark: it begins with NULs at every other position. */
const wideText = (bytes: Uint8Array): string | undefined => {
  const head = [...bytes.subarray(0, 4)];
  const shape = head.map((byte) => (byte === 0 ? '0' : 'x')).join('');
  if (shape === 'x000' || shape === '000x') return 'UTF-32';
  return /^(x0|0x)(\1)?$/.test(shape) && head.length % 2 === 0 ? 'UTF-16' : undefined;
};
