import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { IncompleteContent, readContent } from '../../../functions/validation/content.ts';
import { pieces } from './fixture.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Takes bytes until it has more than `most` of them. */
const sink = (most = Infinity) => {
  const taken = {
    bytes: Buffer.alloc(0),
    isStopped: false,
    write: (chunk: Uint8Array) => {
      taken.bytes = Buffer.concat([taken.bytes, chunk]);
      taken.isStopped = taken.bytes.length > most;
    },
  };
  return taken;
};

const read = async (landed: Uint8Array, isGzip: boolean, into = sink(), piece = 1000) => ({
  ...(await readContent({ size: landed.length, content: pieces(landed, piece) }, isGzip, into)),
  bytes: into.bytes.toString(),
});

const text = 'user_id,track_id\n'.repeat(100);
const gzip = gzipSync(text);

describe('readContent', () => {
  it('hands on every byte and hashes what landed', async () => {
    expect(await read(Buffer.from(text), false)).toEqual({ sha256: sha256(Buffer.from(text)), bytes: text });
    expect(await read(gzip, true, sink(), 3)).toEqual({ sha256: sha256(gzip), bytes: text });
  });

  it.each([false, true])('hashes to the end when the sink stops early (gzip: %s)', async (isGzip) => {
    const plain = Buffer.from(Array.from({ length: 2 ** 18 }, (_, at) => (at * at * 31) >> 5));
    const landed = isGzip ? gzipSync(plain) : plain;
    const stopped = sink(10);
    const seen = await read(landed, isGzip, stopped);
    expect(seen.sha256).toBe(sha256(landed));
    expect(seen).not.toHaveProperty('damage');
    expect(stopped.bytes.length).toBeLessThan(2 ** 17);
  });

  it.each([
    ['that is cut off', gzip.subarray(0, -5)],
    ['whose checksum is wrong', Buffer.concat([gzip.subarray(0, -8), Buffer.alloc(8)])],
    ['that something follows', Buffer.concat([gzip, Buffer.from('and more')])],
    ['that is none', Buffer.from(text)],
  ])('names gzip %s as damaged, and still hashes it', async (_, landed) => {
    const seen = await read(landed, true, sink(), 7);
    expect(seen.sha256).toBe(sha256(landed));
    expect(seen.damage).toMatch(/^is no whole gzip file \(/);
  });

  /** Counts bytes, and stops when it has more than `most`. */
  const counter = (most = Infinity) => {
    const counted = {
      bytes: 0,
      isStopped: false,
      write: (chunk: Uint8Array) => {
        counted.bytes += chunk.length;
        counted.isStopped = counted.bytes > most;
      },
    };
    return counted;
  };

  it.each([1, 100])('stops inflating what grows without measure, of %s members', async (members) => {
    const bomb = Buffer.concat(Array(members).fill(gzipSync(Buffer.alloc(50 * 2 ** 20))));
    const counted = counter();
    const seen = await readContent({ size: bomb.length, content: pieces(bomb, bomb.length) }, true, counted);
    expect(seen).toEqual({ sha256: sha256(bomb), damage: 'grows to more than 500 times its size' });
    expect(counted.bytes).toBeLessThan(51 * 2 ** 20);
  });

  it('inflates no more than a piece of 64 KiB after the sink has stopped', async () => {
    const bomb = gzipSync(Buffer.alloc(400 * 2 ** 20), { level: 1 });
    const taken: number[] = [];
    const stopped = counter(1_000_000);
    const write = stopped.write;
    stopped.write = (chunk) => {
      taken.push(chunk.length);
      write(chunk);
    };
    const seen = await readContent({ size: bomb.length, content: pieces(bomb, bomb.length) }, true, stopped);
    expect(seen).toEqual({ sha256: sha256(bomb) });
    expect(stopped.bytes).toBeLessThan(1_000_000 + 2 ** 16);
    expect(Math.max(...taken)).toBeLessThanOrEqual(2 ** 16);
  });

  it.each([false, true])('throws what the source throws (gzip: %s)', async (isGzip) => {
    const failing = (async function* () {
      yield gzip.subarray(0, 20);
      throw new Error('connection reset');
    })();
    await expect(readContent({ size: 20, content: failing }, isGzip, sink())).rejects.toThrow(
      'connection reset',
    );
  });

  it.each([false, true])('throws what the sink throws (gzip: %s)', async (isGzip) => {
    const broken = {
      isStopped: false,
      write: () => {
        throw new Error('out of order');
      },
    };
    const landed = { size: gzip.length, content: pieces(gzip, 1000) };
    await expect(readContent(landed, isGzip, broken)).rejects.toThrow('out of order');
  });

  it('throws when the size is another one', async () => {
    const reading = readContent({ size: 5, content: pieces(Buffer.from('abc'), 1) }, false, sink());
    await expect(reading).rejects.toThrow(IncompleteContent);
  });
});
