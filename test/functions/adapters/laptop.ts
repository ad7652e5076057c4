import { createServer, type IncomingHttpHeaders, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { vi } from 'vitest';
import { clientEnvironment } from '../../../local/cloud/environment.ts';
import { openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { ServiceError } from '../../../local/cloud/protocol.ts';

/** One request on its way from an adapter to its service. */
export type Seen = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Of AWS JSON, what follows the dot of its target; empty for REST. */
  readonly operation: string;
  readonly body: Buffer;
};

/** An answer given in a service's place; a string is sent as it is, an object as JSON. */
export type Answer = { readonly status: number; readonly body: string | object };

/** What the way makes of a request: an answer of its own, or a loss of the service's answer once the work is done; else it passes. */
export type Meddling = (seen: Seen) => Promise<Answer | 'lost' | undefined> | Answer | 'lost' | undefined;

export type Laptop = {
  /** What went over the wire, oldest first. */
  readonly seen: Seen[];
  /** Meddles with every request until the test is over. */
  meddle(meddling: Meddling): void;
  /** Meddles with the next request that is of the operation. */
  once(operation: string, meddling: Meddling): void;
  /** Forgets what was seen and meddles no more. */
  rest(): void;
  close(): Promise<void>;
};

const never = (): never => {
  throw new ServiceError('UnknownServiceException', 'not opened by this test', 501);
};

const nothing: Services = {
  s3: { handle: never, isBucket: never },
  dynamodb: { handle: never },
  lambda: async () => never(),
  json: {},
  health: () => ({}),
  deploy: async () => ({}),
};

/** Opens services behind the gateway and points the environment of every SDK client at a way there on which things go wrong. */
export const openLaptop = async (services: Partial<Services>): Promise<Laptop> => {
  const gateway = await openGateway({
    services: Promise.resolve({ ...nothing, ...services }),
    log: console.error,
  });
  const seen: Seen[] = [];
  let meddling: Meddling = () => undefined;
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const operation = String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const one = { method, url, headers, operation, body: await buffer(request) };
    seen.push(one);
    const fate = await meddling(one);
    if (fate === undefined) forward(gateway.endpoint, one, response, false);
    else if (fate === 'lost') forward(gateway.endpoint, one, response, true);
    else answer(response, fate);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  pointAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const meddle = (next: Meddling): void => {
    meddling = next;
  };
  const rest = (): void => {
    seen.length = 0;
    meddle(() => undefined);
  };
  return {
    seen,
    meddle,
    once: (operation, next) =>
      meddle((one) => {
        if (one.operation !== operation) return undefined;
        meddle(() => undefined);
        return next(one);
      }),
    rest,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gateway.close();
      vi.unstubAllEnvs();
    },
  };
};

const pointAt = (endpoint: string): void => {
  const environment = {
    ...clientEnvironment(endpoint),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nowhere/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
};

const forward = (
  endpoint: string,
  { method, url, headers, body }: Seen,
  response: ServerResponse,
  isLost: boolean,
): void => {
  // The gateway answers to its own port alone.
  const { expect: _, host: __, ...kept } = headers;
  const onward = send(`${endpoint}${url}`, { method, headers: kept, agent: false }, async (answered) => {
    const whole = await buffer(answered);
    if (isLost) return void response.destroy();
    response.writeHead(answered.statusCode ?? 500, answered.headers).end(whole);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
};

const answer = (response: ServerResponse, { status, body }: Answer): void => {
  const [type, text] =
    typeof body === 'string'
      ? ['application/xml', body]
      : ['application/x-amz-json-1.0', JSON.stringify(body)];
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
};
