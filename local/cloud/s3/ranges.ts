import { S3Error } from './error.ts';

/** Bytes from one to another, both included. */
export type ByteRange = { readonly start: number; readonly end: number };

const unsatisfiable = (range: string, size: number): S3Error =>
  new S3Error('InvalidRange', {
    details: { RangeRequested: range, ActualObjectSize: String(size) },
    headers: { 'content-range': `bytes */${size}` },
  });

/**
 * Reads a Range header; undefined if it is not exactly one range of bytes, which S3 ignores. InvalidRange if the object is too
 * short.
 */
export const readRange = (header: string, size: number): ByteRange | undefined => {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size) throw unsatisfiable(header, size);
  return { start, end };
};

/** Reads an `x-amz-copy-source-range`, which must name a range within the source. */
export const readCopyRange = (header: string, size: number): ByteRange => {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(header.trim()) ?? [];
  if (start === undefined || end === undefined || Number(end) < Number(start))
    throw new S3Error('InvalidArgument', {
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
    });
  if (Number(end) >= size)
    throw new S3Error('InvalidArgument', {
      message: `Range specified is not valid for source object of size: ${size}`,
      details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
    });
  return { start: Number(start), end: Number(end) };
};

/** Finds the bytes of one part, counted from 1; an object uploaded as a whole has one part. */
export const partRange = (
  parts: readonly { readonly size: number }[] | undefined,
  number: number,
  size: number,
): ByteRange => {
  const sizes = parts?.map((part) => part.size) ?? [size];
  const own = sizes[number - 1];
  if (own === undefined)
    throw new S3Error('InvalidPartNumber', { details: { PartNumberRequested: String(number) } });
  const start = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0);
  return { start, end: start + own - 1 };
};
