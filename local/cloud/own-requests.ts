import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ServiceError } from './protocol.ts';

/** What the cloud itself answers, beside the services of AWS. */
export type Own = {
  /** The answer to `GET /_soundcheck`. */
  readonly health: () => object;
  /** The answer to `GET /_soundcheck/examine`, as JSON lines: what is damaged in the stored data. */
  readonly examine?: () => AsyncIterable<object>;
  /** The work of `POST /_soundcheck/deploy`: puts the project's current SQL and rules in force. */
  readonly deploy: () => Promise<object>;
};

/** Whether a path belongs to the cloud itself: no bucket has such a name. */
export const isOwnPath = (url: string): boolean => /^\/_soundcheck(?=[/?]|$)/.test(url);

/** Answers a request to the cloud itself; rejects with `ServiceError`. */
export const answerOwn = async (
  { health, examine, deploy }: Own,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const wanted = `${method} ${url}`;
  if (wanted === 'GET /_soundcheck/examine' && examine) {
    response.writeHead(200, { 'content-type': 'application/jsonl' });
    return pipeline(Readable.from(linesOf(examine())), response);
  }
  const answers: Readonly<Record<string, () => object | Promise<object>>> = {
    'GET /_soundcheck': health,
    'POST /_soundcheck/deploy': deploy,
  };
  const answer = answers[wanted];
  if (!answer)
    throw new ServiceError('UnknownOperationException', `The laptop cloud does not know ${wanted}`, 404);
  const body = JSON.stringify(await answer());
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(200, headers).end(body);
};

async function* linesOf(documents: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const document of documents) yield `${JSON.stringify(document)}\n`;
}
