import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ServiceError } from './protocol.ts';

/** A request whose body has been read. */
export type ReadRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** Bytes of bodies that are being read, of all requests together. */
const mostHeld = 256 * 2 ** 20;
let held = 0;

/**
 * Reads a whole body into memory: 413 as soon as it has more bytes than allowed, and ThrottlingException while too many others
 * are being read.
 */
export const readBody = async (request: IncomingMessage, mostBytes: number): Promise<Buffer> => {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    // Leaving the loop must not close the connection: the answer goes through it.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      bytes += piece.length;
      held += piece.length;
      if (bytes > mostBytes) throw tooLarge(mostBytes);
      if (held > mostHeld) throw new ServiceError('ThrottlingException', 'Rate exceeded');
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    held -= bytes;
  }
};

const tooLarge = (mostBytes: number) =>
  new ServiceError('RequestEntityTooLargeException', `A request must have at most ${mostBytes} bytes`, 413);
