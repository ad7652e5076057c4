import { createHash } from 'node:crypto';
import { decodeChunked } from './aws-chunked.ts';
import type { Blob, Blobs } from './blobs.ts';
import { type Algorithm, algorithmNamed, algorithms, defaultAlgorithm, startDigest } from './checksums.ts';
import { S3Error } from './error.ts';
import type { S3Request } from './request.ts';

/** A received body: its bytes on disk and the checksum of the object. */
export type Received = { readonly blob: Blob; readonly algorithm: Algorithm; readonly checksum: string };

const largestBody = 5 * 1024 ** 3;
const largestDocument = 4 * 1024 ** 2;
const headerOf = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm}`;

const isFramed = ({ header }: S3Request): boolean =>
  (header('x-amz-content-sha256') ?? '').startsWith('STREAMING-') ||
  (header('content-encoding') ?? '').split(',').some((coding) => coding.trim() === 'aws-chunked');

const declaredSize = (request: S3Request): number => {
  const text = request.header(isFramed(request) ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined || !/^\d+$/.test(text)) throw new S3Error('MissingContentLength');
  if (Number(text) > largestBody) throw new S3Error('EntityTooLarge', { details: { ProposedSize: text } });
  return Number(text);
};

// Leaving a loop over a request would close its connection, so that no error could be sent.
const bodyOf = (request: S3Request): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => request.incoming.iterator({ destroyOnReturn: false }),
});

const contentOf = (request: S3Request, trailers: Map<string, string>): AsyncIterable<Uint8Array> =>
  isFramed(request) ? decodeChunked(bodyOf(request), trailers) : bodyOf(request);

/** The bytes of a stream; IncompleteBody as soon as there are more than announced. */
const atMost = async function* (source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > most) throw new S3Error('IncompleteBody');
    yield piece;
  }
};

type Announced = { readonly algorithm: Algorithm; readonly isTrailer: boolean };

/** Finds which checksum the client sends, before or after the bytes; undefined if it sends none. */
const announcedChecksum = ({ header }: S3Request): Announced | undefined => {
  const trailer = header('x-amz-trailer')?.trim().toLowerCase();
  const trailing = algorithms.filter((algorithm) => headerOf(algorithm) === trailer);
  const leading = algorithms.filter((algorithm) => header(headerOf(algorithm)) !== undefined);
  if (leading.length + trailing.length > 1)
    throw new S3Error('InvalidRequest', {
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    });
  const [algorithm] = [...leading, ...trailing];
  if (algorithm !== undefined) return { algorithm, isTrailer: leading.length === 0 };
  if (header('x-amz-sdk-checksum-algorithm') === undefined) return undefined;
  throw new S3Error('InvalidRequest', {
    message:
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
  });
};

const checkMd5 = ({ header }: S3Request, md5: string): void => {
  const declared = header('content-md5');
  if (declared === undefined) return;
  const bytes = Buffer.from(declared, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== declared) throw new S3Error('InvalidDigest');
  if (bytes.toString('hex') === md5) return;
  throw new S3Error('BadDigest', {
    message: 'The Content-MD5 you specified did not match what we received.',
  });
};

const isHashed = ({ header }: S3Request): boolean =>
  /^[0-9a-f]{64}$/.test(header('x-amz-content-sha256') ?? '');

const checkPayloadHash = ({ header }: S3Request, sha256: string | undefined): void => {
  const declared = header('x-amz-content-sha256');
  if (sha256 === undefined || declared === Buffer.from(sha256, 'base64').toString('hex')) return;
  throw new S3Error('XAmzContentSHA256Mismatch');
};

const checkChecksum = (algorithm: Algorithm, declared: string | undefined, computed: string): void => {
  if (declared === undefined) throw new S3Error('MalformedTrailerError');
  if (Buffer.from(declared, 'base64').length !== Buffer.from(computed, 'base64').length)
    throw new S3Error('InvalidRequest', { message: `Value for ${headerOf(algorithm)} header is invalid.` });
  if (declared === computed) return;
  throw new S3Error('BadDigest', {
    message: `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  });
};

/**
 * Writes a request's body to a blob and verifies its length, Content-MD5, `x-amz-content-sha256` and checksum; the blob is
 * removed if one of them is wrong. `required` is always computed, and stored if the client sends no checksum.
 */
export const receiveBody = async (
  blobs: Blobs,
  request: S3Request,
  required?: Algorithm,
): Promise<Received> => {
  const size = declaredSize(request);
  const announced = announcedChecksum(request);
  const algorithm = announced?.algorithm ?? required ?? defaultAlgorithm;
  const hasHash = isHashed(request);
  const trailers = new Map<string, string>();
  const wanted = [algorithm, ...(required ? [required] : []), ...(hasHash ? (['sha256'] as const) : [])];
  const blob = await blobs.write(atMost(contentOf(request, trailers), size), wanted);
  try {
    if (blob.size !== size) throw new S3Error('IncompleteBody');
    const checksum = blob.checksums[algorithm] ?? '';
    checkMd5(request, blob.md5);
    checkPayloadHash(request, hasHash ? blob.checksums.sha256 : undefined);
    if (announced) {
      const name = headerOf(algorithm);
      checkChecksum(algorithm, announced.isTrailer ? trailers.get(name) : request.header(name), checksum);
    }
    return { blob, algorithm, checksum };
  } catch (error) {
    await blobs.discard(blob.id);
    throw error;
  }
};

/**
 * Reads a small body, such as an XML document, as text, and verifies it as `receiveBody` does; `isOfBody` is false where the
 * checksum in the headers is that of an object.
 */
export const receiveText = async (request: S3Request, { isOfBody = true } = {}): Promise<string> => {
  const announced = isOfBody ? announcedChecksum(request) : undefined;
  const pieces: Uint8Array[] = [];
  const trailers = new Map<string, string>();
  let size = 0;
  for await (const piece of contentOf(request, trailers)) {
    pieces.push(piece);
    size += piece.length;
    if (size > largestDocument) throw new S3Error('MalformedXML');
  }
  const body = Buffer.concat(pieces);
  checkMd5(request, createHash('md5').update(body).digest('hex'));
  checkPayloadHash(request, isHashed(request) ? await checksumOf('sha256', body) : undefined);
  if (announced) {
    const name = headerOf(announced.algorithm);
    const declared = announced.isTrailer ? trailers.get(name) : request.header(name);
    checkChecksum(announced.algorithm, declared, await checksumOf(announced.algorithm, body));
  }
  return body.toString();
};

const checksumOf = async (algorithm: Algorithm, bytes: Uint8Array): Promise<string> => {
  const digest = startDigest(algorithm);
  digest.update(bytes);
  return Buffer.from(await digest.digest()).toString('base64');
};

/** Reads the algorithm that a header names; undefined without the header, InvalidRequest if S3 does not have it. */
export const chosenAlgorithm = ({ header }: S3Request): Algorithm | undefined => {
  const name = header('x-amz-checksum-algorithm');
  if (name === undefined) return undefined;
  const algorithm = algorithmNamed(name);
  if (algorithm) return algorithm;
  throw new S3Error('InvalidRequest', { message: 'Checksum algorithm provided is unsupported.' });
};
