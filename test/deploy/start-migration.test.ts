import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';

type Plugin = { readonly hooks: { readonly 'after:deploy:deploy': () => Promise<void> } };
const StartMigration: new (serverless: object, options: object, tools: object) => Plugin = createRequire(
  import.meta.url,
)('../../deploy/start-migration.cjs');

test('a deployment asks for the tables of its version, without waiting for them', async () => {
  const seen: unknown[] = [];
  const server = createServer(async (request, response) => {
    const type = request.headers['x-amz-invocation-type'];
    seen.push([request.url, type, await json(request)]);
    response.writeHead(202).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const aws = { getAwsSdkV3Config: async () => ({ endpoint, region: 'eu-west-1', credentials }) };
  const serverless = { getProvider: () => aws, service: { custom: { name: 'app' } } };
  const notices: string[] = [];
  const plugin = new StartMigration(
    serverless,
    {},
    { log: { notice: (text: string) => notices.push(text) } },
  );
  await plugin.hooks['after:deploy:deploy']();
  expect(seen).toEqual([
    [
      '/2015-03-31/functions/app-migrate-tables/invocations',
      'Event',
      { command: 'Look Again', kind: 'deployment', id: 'app' },
    ],
  ]);
  expect(notices).toEqual([expect.stringContaining('app-migrate-tables creates the tables')]);
  await new Promise((closed) => server.close(closed));
});
