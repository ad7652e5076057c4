import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './switches.ts';

/** Answers with a value in JSON. */
export const answerJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
};

/** Answers instead of the API where a fault says so; returns whether it did. */
export const answerFault = async (response: ServerResponse, fault: Fault): Promise<boolean> => {
  if (fault.kind === 'slow' && fault.before === 'headers') await wait(fault.ms);
  if (fault.kind === 'cut' && fault.after_bytes === 0) response.destroy();
  else if (fault.kind === 'status') {
    const headers = fault.retry_after === undefined ? undefined : { 'retry-after': fault.retry_after };
    answerJson(response, fault.status, { error: `status ${fault.status}` }, headers);
  } else if (fault.kind === 'answer')
    response.writeHead(fault.status, { 'content-type': 'application/json' }).end(fault.body);
  else return false;
  return true;
};

/** Streams a text, not faster than the client takes it; a fault may delay it or cut the connection. */
export const answerText = async (
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  texts: Iterable<string>,
  fault: Fault | undefined,
): Promise<void> => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers });
  try {
    await pipeline(Readable.from(hindered(blocksOf(texts), fault), { highWaterMark: 2 }), response);
  } catch {
    // The connection is gone: the client has left, or it was cut on purpose.
    response.destroy();
  }
};

const blockLength = 1 << 16;

function* blocksOf(texts: Iterable<string>): Generator<Buffer> {
  let block = '';
  for (const text of texts) {
    block += text;
    if (block.length < blockLength) continue;
    yield Buffer.from(block);
    block = '';
  }
  yield Buffer.from(block);
}

async function* hindered(blocks: Iterable<Buffer>, fault: Fault | undefined): AsyncGenerator<Buffer> {
  let sent = 0;
  for (const block of blocks) {
    if (fault?.kind === 'slow' && sent === 0) {
      yield block.subarray(0, 1);
      await wait(fault.ms);
      yield block.subarray(1);
    } else if (fault?.kind === 'cut' && sent + block.length > fault.after_bytes) {
      yield block.subarray(0, fault.after_bytes - sent);
      // What was written must leave before the connection is cut.
      await wait(20);
      throw new Error('The connection is cut on purpose');
    } else yield block;
    sent += block.length;
  }
}
