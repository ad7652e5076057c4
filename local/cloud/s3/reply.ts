import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { S3Error } from './error.ts';
import { type Element, xmlDeclaration, xmlDocument, xmlError } from './xml.ts';

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

/** Sends an error that no operation of S3 has answered. */
export const replyS3Error = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
  const reply = errorReply(error, requestId(), request.url);
  writeHead(response, reply, requestId());
  sendText(response, String(reply.body), request.method === 'HEAD');
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

/** Milliseconds after which S3 begins to answer a completion or a copy at which it is still at work. */
const usualPatience = 10_000;

const isLong = ({ method, url = '', headers }: IncomingMessage): boolean =>
  (method === 'POST' && /[?&]uploadId=/.test(url)) || headers['x-amz-copy-source'] !== undefined;

/** Sends status 200, the beginning of a document and then a blank now and then, so that nobody takes a long work for a dead one. */
const beginAfter = (response: ServerResponse, id: string, patience: number): NodeJS.Timeout =>
  setInterval(() => {
    if (response.headersSent) return void response.write(' ');
    writeHead(response, { status: 200, headers: { 'content-type': 'application/xml' } }, id);
    response.write(xmlDeclaration);
  }, patience);

/** Runs a request and sends its reply; never rejects, and reads the rest of an unread body. */
export const respond = async (
  request: IncomingMessage,
  response: ServerResponse,
  run: () => Promise<Reply>,
  patience = usualPatience,
): Promise<void> => {
  const id = requestId();
  const isHead = request.method === 'HEAD';
  const beginning = isLong(request) ? beginAfter(response, id, patience) : undefined;
  const reply = await run().catch((error: unknown) => errorReply(error, id, request.url));
  clearInterval(beginning);
  try {
    if (response.writableEnded) return;
    // Once the answer has begun, an error is told by its document alone.
    if (response.headersSent) return void response.end(String(reply.body).replace(xmlDeclaration, ''));
    writeHead(response, reply, id);
    if (typeof reply.body === 'object') await sendFile(response, reply.body);
    else sendText(response, reply.body ?? '', isHead);
  } catch {
    response.destroy();
  } finally {
    request.resume();
  }
};
