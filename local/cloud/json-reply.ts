import type { ServerResponse } from 'node:http';

/** The type of an answer: that of the request, if it names one. */
export const jsonType = (given = ''): string =>
  given.startsWith('application/') ? given : 'application/x-amz-json-1.1';

/** Sends an answer as a whole. */
export const reply = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void => {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
};
