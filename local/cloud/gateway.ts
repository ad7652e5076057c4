import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anyDisk, type Disk } from './disk.ts';
import { dispatch, type Services } from './dispatch.ts';
import { onBehalfOf } from './last-resort.ts';
import { errorOf, replyError, stalled } from './request-errors.ts';
import { serviceOf } from './service-of.ts';
import { openStalls } from './stalls.ts';

export type { Services } from './dispatch.ts';

export type Gateway = {
  readonly endpoint: string;
  /** Accepts no more requests, waits a moment for running ones, and closes. */
  close(): Promise<void>;
};

export type GatewayOptions = {
  /** Default: a free port. */
  readonly port?: number | undefined;
  /** Requests wait until the services are open. */
  readonly services: Promise<Services>;
  readonly log: (line: string) => void;
  /** Default: a disk that is never full. */
  readonly disk?: Disk;
  /** Milliseconds after which a client that neither sends nor takes anything is given up; default: a minute. */
  readonly patience?: number;
};

const GRACE_MS = 1_000;

/**
 * Opens the common endpoint of all services on 127.0.0.1. A request goes to the service named in its signature; everything else
 * goes to S3, or to the cloud itself. Signatures are not verified, so requests that a web page could send are rejected. Rejects if the port is in use.
 */
export const openGateway = async ({
  port = 0,
  services,
  log,
  patience = 60_000,
  disk = anyDisk,
}: GatewayOptions): Promise<Gateway> => {
  const stalls = openStalls(patience);
  const server = createServer((request, response) => {
    const fail = (cause: unknown): void => {
      // Who has left gets no answer.
      if (request.destroyed && !request.complete) return void response.destroy();
      replyError(request, response, errorOf(cause, request, { disk, log }));
    };
    stalls.watch(request, response, () => {
      response.setHeader('connection', 'close');
      fail(stalled(serviceOf(request)));
    });
    onBehalfOf(fail, () => services.then((ready) => dispatch(ready, request, response)).catch(fail));
  });
  // Without an answer of ours, Node only closes the connection.
  server.on('connect', (_, socket) => socket.end(noProxy));
  // Uploads may take long, and clients keep connections longer than Node's five seconds.
  Object.assign(server, { requestTimeout: 0, keepAliveTimeout: 75_000, headersTimeout: 80_000 });
  await listen(server, port);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await close(server);
      stalls.close();
    },
  };
};

const noProxyError =
  '<Error><Code>MethodNotAllowed</Code><Message>The specified method is not allowed against this resource.</Message></Error>';
const noProxy = `HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Type: application/xml\r\nContent-Length: ${noProxyError.length}\r\n\r\n${noProxyError}`;

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

const close = async (server: Server): Promise<void> => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(timer);
};
