import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { S3Error } from './error.ts';
import { type Element, xmlDocument, xmlError } from './xml.ts';

/** Bytes of an open file, from one to another, both included. */
type FileSlice = { readonly file: FileHandle; readonly start: number; readonly size: number };

export type Reply = {
  readonly status: number;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string | FileSlice;
};

/** Answers 200 with an XML document. */
export const xmlReply = (
  root: string,
  content: string | readonly Element[],
  headers: Record<string, string | undefined> = {},
): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: xmlDocument(root, content),
});

const requestId = (): string => randomBytes(8).toString('hex').toUpperCase();

/** Answers with an error; any error except S3Error becomes InternalError with its message. */
const errorReply = (error: unknown, id: string, resource = ''): Reply => {
  const known =
    error instanceof S3Error
      ? error
      : new S3Error('InternalError', { message: error instanceof Error ? error.message : String(error) });
  const details = Object.entries(known.details);
  return {
    status: known.status,
    headers: { 'content-type': 'application/xml', ...known.headers },
    body: xmlError([
      ['Code', known.name],
      ['Message', known.message],
      ...details,
      ['Resource', resource.replace(/\?.*$/s, '')],
      ['RequestId', id],
      ['HostId', 'localhost'],
    ]),
  };
};

const writeHead = (response: ServerResponse, { status, headers = {} }: Reply, id: string): void => {
  response.statusCode = status;
  response.setHeader('server', 'AmazonS3');
  response.setHeader('x-amz-request-id', id);
  response.setHeader('x-amz-id-2', id);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
};

const sendFile = async (response: ServerResponse, { file, start, size }: FileSlice): Promise<void> => {
  response.setHeader('content-length', size);
  if (size === 0) {
    await file.close();
    response.end();
    return;
  }
  const bytes = file.createReadStream({ start, end: start + size - 1, highWaterMark: 1 << 18 });
  await pipeline(bytes, response);
};

const sendText = (response: ServerResponse, text: string, isHead: boolean): void => {
  if (text !== '' && !isHead) response.setHeader('content-length', Buffer.byteLength(text));
  response.end(isHead ? undefined : text);
};

/** Runs a request and sends its reply; never rejects, and reads the rest of an unread body. */
export const respond = async (
  request: IncomingMessage,
  response: ServerResponse,
  run: () => Promise<Reply>,
): Promise<void> => {
  const id = requestId();
  const isHead = request.method === 'HEAD';
  const reply = await run().catch((error: unknown) => errorReply(error, id, request.url));
  try {
    writeHead(response, reply, id);
    if (typeof reply.body === 'object') await sendFile(response, reply.body);
    else sendText(response, reply.body ?? '', isHead);
  } catch {
    response.destroy();
  } finally {
    request.resume();
  }
};
