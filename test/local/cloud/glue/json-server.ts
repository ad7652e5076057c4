import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type JsonService, ServiceError } from '../../../../local/cloud/protocol.ts';

/** Serves one JSON service to real SDK clients. */
export const serve = async (service: JsonService) => {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    try {
      const body = JSON.parse((await buffer(request)).toString() || '{}');
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify(await service.handle(operation, body)));
    } catch (error) {
      const { name, message, status } =
        error instanceof ServiceError ? error : new ServiceError('Bug', String(error), 500);
      response.statusCode = status;
      response.end(JSON.stringify({ __type: name, message, Message: message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    client: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};
