import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import { manifestOf, messagesOf, outcomeOf, pieces, validate } from './fixture.ts';

const mebibyte = 2 ** 20;
const hundredOf = (byte: string) => gzipSync(Buffer.alloc(100 * mebibyte, byte));
const ten = (bytes: Buffer) => Buffer.concat(Array(10).fill(bytes));

/** A gigabyte in a megabyte. */
const [zeros, spaces] = [ten(hundredOf('\0')), ten(hundredOf(' '))];
const blankLines = (head: string): Buffer => Buffer.concat([gzipSync(head), hundredOf('\n')]);
const begun = Buffer.concat([gzipSync('['), spaces]);
const brackets = gzipSync(Buffer.alloc(50 * mebibyte, '['));

describe('a file that grows', () => {
  it.each([
    ['zeros as CSV', '.csv', zeros, {}, { max_row_bytes: 1 }],
    ['zeros as JSON lines', '.jsonl', zeros, {}, { max_row_bytes: 1 }],
    ['zeros as a JSON array', '.json', zeros, {}, { json: 1 }],
    ['blanks in a JSON array', '.json', begun, {}, { gzip: 1 }],
    ['blanks in a JSON array beyond max_bytes', '.json', begun, { max_bytes: 100_000 }, { max_bytes: 1 }],
    ['an element without an end', '.json', brackets, {}, { max_row_bytes: 1 }],
    [
      'one row without an end',
      '.jsonl',
      gzipSync(Buffer.alloc(50 * mebibyte, '{"a":"')),
      {},
      { max_row_bytes: 1 },
    ],
    ['gzip in gzip', '.csv', gzipSync(zeros), {}, { binary: 1 }],
    ['blank lines as CSV', '.csv', blankLines('a\n'), {}, { blank_line: 1_000_000, violations: 1 }],
    ['blank lines as JSON lines', '.jsonl', blankLines(''), {}, { blank_line: 1_000_000, violations: 1 }],
  ])('is rejected early: %s', async (_, extension, bytes, limits, outcome) => {
    const fields = { a: { type: 'string' } };
    const manifest = manifestOf({ extension, name_pattern: undefined, fields, ...limits });
    const key = `data/streams/a${extension}.gz`;
    const before = process.memoryUsage().arrayBuffers;
    const validation = await validateFile({
      key,
      size: bytes.length,
      manifest,
      content: pieces(bytes, mebibyte),
    });
    expect(outcomeOf(validation)).toEqual(outcome);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * mebibyte);
  });

  it('says first why it was not read on', async () => {
    const validation = await validate(`user_id,track_id,listen_time${'\n'.repeat(2_000_000)}`);
    expect(messagesOf(validation)).toHaveLength(100);
    expect(messagesOf(validation)[0]).toBe('the file has 1000000 blank lines; what follows was not read');
  });
});
