import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GzipDamage, gunzip } from '../../../../functions/validation/gzip/gunzip.ts';
import { pieces } from '../fixture.ts';
import { gzipMember, headerParts } from './members.ts';

const read = async (bytes: Uint8Array, piece = 1000): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzip(pieces(bytes, piece))) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const text = Buffer.from('user_id,track_id\n');
const member = gzipMember(text);

describe('gunzip', () => {
  it('reads members with any header, then zeros, however the bytes come', async () => {
    const members = fc.array(fc.tuple(headerParts, fc.uint8Array({ maxLength: 300 }), fc.nat(9)), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.nat(2000),
        fc.integer({ min: 1, max: 900 }),
        async (parts, zeros, piece) => {
          const whole = Buffer.concat([
            ...parts.map(([header, plain, level]) => gzipMember(plain, header, level)),
            Buffer.alloc(zeros),
          ]);
          const plain = Buffer.concat(parts.map(([, bytes]) => bytes));
          expect(await read(whole, piece)).toEqual(plain);
          expect(gunzipSync(whole)).toEqual(plain);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([1, 4096, 2 ** 16, 2 ** 20])(
    'reads large members in pieces of %s bytes',
    async (piece) => {
      const size = piece === 1 ? 2 ** 12 : 2 ** 21;
      const noise = randomBytes(size);
      const zeros = Buffer.alloc(size);
      const whole = Buffer.concat([gzipSync(noise), gzipSync(zeros), gzipSync(text), Buffer.alloc(2 ** 12)]);
      expect((await read(whole, piece)).equals(Buffer.concat([noise, zeros, text]))).toBe(true);
    },
    60_000,
  );

  it('reads many small members', async () => {
    const many = 500;
    expect((await read(Buffer.concat(Array(many).fill(member)), 50_000)).length).toBe(many * text.length);
  });

  const changed = (at: number, byte: number, bytes = member): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at < 0 ? copy.length + at : at] = byte;
    return copy;
  };
  const size = member.length;
  const withChecksum = gzipMember(text, { hasChecksum: true });

  it.each([
    ['text', text, 'it does not begin with the bytes 1f 8b'],
    ['one byte', member.subarray(0, 1), 'the file ends inside the header at byte 0'],
    ['half a header', member.subarray(0, 7), 'the file ends inside the header at byte 0'],
    [
      'half a name',
      gzipMember(text, { name: 'abc' }).subarray(0, 12),
      'the file ends inside the header at byte 0',
    ],
    ['an unknown method', changed(2, 7), 'the header at byte 0 names an unknown method'],
    ['an unknown flag', changed(3, 0x20), 'the header at byte 0 has unknown flags'],
    [
      'a wrong checksum of the header',
      changed(4, 9, withChecksum),
      'the header at byte 0 is damaged: its checksum is another one',
    ],
    ['half its data', member.subarray(0, 20), 'the member at byte 0 is cut off'],
    ['half a trailer', member.subarray(0, -3), 'the member at byte 0 is cut off'],
    ['no trailer', member.subarray(0, -8), 'the member at byte 0 is cut off'],
    ['impossible data', changed(10, 0xff), /^the member at byte 0 is damaged: invalid/],
    ['a wrong checksum', changed(-8, 1), 'the member at byte 0 is damaged: its checksum is another one'],
    ['a wrong length', changed(-4, 1), 'the member at byte 0 is damaged: its length is another one'],
    [
      'half a second member',
      Buffer.concat([member, member.subarray(0, -9)]),
      `the member at byte ${size} is cut off`,
    ],
    [
      'text behind it',
      Buffer.concat([member, text]),
      `the gzip data ends at byte ${size}, and what follows is neither gzip nor zeros`,
    ],
    [
      'text behind zeros',
      Buffer.concat([member, Buffer.alloc(7_000), text]),
      `the gzip data ends at byte ${size}, and byte ${size + 7_000} behind it is no zero`,
    ],
    [
      'a member behind zeros',
      Buffer.concat([member, Buffer.alloc(9), member]),
      `the gzip data ends at byte ${size}, and byte ${size + 9} behind it is no zero`,
    ],
  ] as [string, Buffer, string | RegExp][])('says where it is no whole gzip: %s', async (_, bytes, says) => {
    for (const piece of [1, 7, 1000]) {
      const cause = await read(bytes, piece).catch((error: unknown) => error);
      expect(cause).toBeInstanceOf(GzipDamage);
      const [, problem] =
        /^is no whole gzip file \((.*)\); compress it again$/.exec((cause as Error).message) ?? [];
      expect(problem).toMatch(says);
    }
  });

  it('throws what its content throws, in the middle of a large member as well', async () => {
    const noise = gzipSync(randomBytes(2 ** 18));
    const failing = (async function* () {
      yield noise.subarray(0, 2 ** 17);
      throw new Error('connection reset');
    })();
    const reading = (async () => {
      for await (const _ of gunzip(failing));
    })();
    await expect(reading).rejects.toThrow('connection reset');
  });

  it('can be left in the middle of a large member', async () => {
    for await (const chunk of gunzip(pieces(gzipSync(randomBytes(2 ** 20)), 2 ** 16))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });
});
