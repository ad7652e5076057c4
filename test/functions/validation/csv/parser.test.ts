import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { validateFile } from '../../../../functions/validation/validate-file.ts';
import { manifestOf, messagesOf, outcomeOf, validate } from '../fixture.ts';

const two = { fields: { a: { type: 'string' }, b: { type: 'int' } } };

describe('sizes', () => {
  it('counts records against max_rows, to the end', async () => {
    const landing = { schema: { ...two, max_rows: 3 } };
    expect(outcomeOf(await validate(`a,b\n${'x,1\n'.repeat(3)}`, landing))).toBe('accepted');
    expect(messagesOf(await validate(`a,b\n${'x,1\n'.repeat(5)}`, landing))).toEqual([
      'the file has 5 records, the manifest allows 3',
    ]);
  });

  it('rejects a file of more bytes than max_bytes', async () => {
    const landing = { schema: { ...two, max_bytes: 12 } };
    expect(outcomeOf(await validate('a,b\nx,1\ny,2\n', landing))).toBe('accepted');
    expect(messagesOf(await validate('a,b\nx,1\ny,2\nz', landing))).toEqual([
      'the file has 13 bytes, the manifest allows 12',
    ]);
  });

  it('counts uncompressed bytes, and says what it saw until then', async () => {
    const key = 'data/streams/streams1.csv.gz';
    const landed = gzipSync('a,b\nx,1\nx,z\nx,y\n');
    for (const piece of [1, 100]) {
      const validation = await validate(landed, { key, piece, schema: { ...two, max_bytes: 13 } });
      expect(validation).toMatchObject({ records: 2, counts: { 'type:b': 1, max_bytes: 1 } });
    }
  });

  it('stops at a record that is longer than max_row_bytes', async () => {
    const schema = { ...two, max_row_bytes: 10 };
    expect(outcomeOf(await validate('a,b\r\n12345678,1\r\n', { schema }))).toBe('accepted');
    const validation = await validate('a,b\nx,z\n123456789,1\nx,z\n', { schema });
    expect(validation).toMatchObject({ records: 1, counts: { 'type:b': 1, max_row_bytes: 1 } });
    expect(messagesOf(validation)[1]).toBe(
      'line 3: the record is longer than 10 bytes; what follows was not read',
    );
  });

  it('names the quote that swallows the rest of a file', async () => {
    const content = `a,b\n"x,1\n${'x,1\n'.repeat(300_000)}`;
    expect(messagesOf(await validate(content, { schema: two }))[0]).toContain(
      'line 2: the record is longer than 1048576 bytes, in a quote that is not closed',
    );
  });

  it.each([
    ['one line', 'x'],
    ['one quoted field', '"x'],
  ])('rejects 100 MB in %s without holding it', async (_, begin) => {
    const size = 100 * 2 ** 20;
    const chunk = Buffer.alloc(2 ** 16, 'x');
    async function* content() {
      yield Buffer.from(`a,b\n${begin}`.padEnd(2 ** 16, 'x'));
      for (let at = chunk.length; at < size; at += chunk.length) yield chunk;
    }
    const before = process.memoryUsage();
    const validation = await validateFile({
      key: 'data/streams/streams1.csv',
      size,
      manifest: manifestOf(two),
      content: content(),
    });
    const after = process.memoryUsage();
    expect(outcomeOf(validation)).toEqual({ max_row_bytes: 1 });
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(
      30 * 2 ** 20,
    );
  });
});
