import { describe, expect, it } from 'vitest';
import { fileKind } from '../../../functions/validation/kind.ts';
import { messagesOf, validate } from './fixture.ts';

const header = 'user_id,track_id,listen_time\n';
const wide = Buffer.from(header, 'utf16le');

describe('what is not the format that is asked for', () => {
  it.each([
    ['UTF-16', wide],
    ['UTF-16', Buffer.from(wide).swap16()],
    ['UTF-16', Buffer.from(`\ufeff${header}`, 'utf16le')],
    ['UTF-32', Buffer.from([0x61, 0, 0, 0, 0x2c, 0, 0, 0])],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
    ['Zstandard (zstd), which is not read', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
    ['bzip2, which is not read', Buffer.from('BZh91AY')],
    ['xz, which is not read', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ['Parquet', Buffer.from('PAR1')],
  ])('is named: %s', (kind, bytes) => {
    expect(fileKind(bytes)).toBe(kind);
  });

  it.each(['', 'a', 'a,b\n', '{"a":1}', 'BZ,h', '\0', 'a\0b'])('is not seen in %j', (text) => {
    expect(fileKind(Buffer.from(text))).toBeUndefined();
  });

  it('is said of CSV, with or without a byte-order mark', async () => {
    for (const bytes of [wide, Buffer.from(wide).swap16(), Buffer.from(`\ufeff${header}`, 'utf16le')]) {
      expect(messagesOf(await validate(bytes))).toEqual(['line 1: the file is UTF-16, not CSV in UTF-8']);
    }
  });
});

describe('names', () => {
  it.each([
    [
      'data/streams/streams1.csv.zst',
      '"streams1.csv.zst" is compressed as .zst, which is not read; gzip (.gz) is',
    ],
    [
      'data/streams/streams1.csv.bz2',
      '"streams1.csv.bz2" is compressed as .bz2, which is not read; gzip (.gz) is',
    ],
    ['data/streams/streams1.txt', '"streams1.txt" does not end in .csv'],
  ])('say which compression is not read: %s', async (key, message) => {
    expect(messagesOf(await validate(header, { key }))).toContain(message);
  });

  it('do not put gzip around Parquet', async () => {
    const schema = { extension: '.parquet', name_pattern: undefined };
    expect(messagesOf(await validate('', { key: 'data/streams/a.parquet.gz', schema }))).toEqual([
      '"a.parquet.gz" is gzip around Parquet, which is compressed inside',
    ]);
  });
});
