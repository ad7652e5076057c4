import type { IncomingMessage } from 'node:http';
import { ServiceError } from './protocol.ts';

/** Reads a whole body into memory; 413 as soon as it has more bytes than allowed. */
export const readBody = async (request: IncomingMessage, mostBytes: number): Promise<Buffer> => {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const pieces: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop must not close the connection: the answer goes through it.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};

const tooLarge = (mostBytes: number) =>
  new ServiceError('RequestEntityTooLargeException', `A request must have at most ${mostBytes} bytes`, 413);
