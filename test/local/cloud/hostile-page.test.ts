import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDynamo } from '../../../local/cloud/dynamo/dynamo.ts';
import { lambdaApi } from '../../../local/cloud/functions/api.ts';
import { openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { openRedshiftData } from '../../../local/cloud/redshift-data/redshift-data.ts';
import { openS3 } from '../../../local/cloud/s3/s3.ts';
import { openWarehouse } from '../../../local/engines/warehouse.ts';
import { openBrowser } from '../../browser/browser.ts';

/** Requests that a page may send without asking first, and those that it would like to read. */
const attacks = `
  const scope = (service) => '?X-Amz-Credential=' + encodeURIComponent('a/20260101/eu-west-1/' + service + '/aws4_request');
  const simple = (path, body) => fetch(cloud + path, { method: 'POST', mode: 'no-cors', body });
  const read = async (path, options = {}) => {
    try {
      const response = await fetch(cloud + path, options);
      const text = response.ok || response.headers.get('access-control-allow-origin') ? await response.text() : '';
      if (text) leaked.push(path + ': ' + text);
    } catch {}
  };
  const framed = (path) => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = cloud + path;
    frame.onload = () => {
      try { if (frame.contentDocument.body.innerText.includes('secret')) leaked.push('frame'); } catch {}
      resolve();
    };
    document.body.append(frame);
  });
  const form = (path, text) => new Promise((resolve) => {
    const target = document.createElement('iframe');
    target.name = 'f' + Math.random();
    document.body.append(target);
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', enctype: 'text/plain', action: cloud + path, target: target.name });
    const field = document.createElement('input');
    field.name = text;
    form.append(field);
    document.body.append(form);
    target.onload = resolve;
    form.submit();
  });
  const json = (target, body) => ({ method: 'POST', headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) });
  const run = async () => {
    await read('/_soundcheck');
    await read('/lake/secret.csv');
    await read('/lake?list-type=2');
    await read('/', json('DynamoDB_20120810.ListTables', {}));
    await read('/', json('RedshiftData.ExecuteStatement', { Sql: 'create table pwned as select 1 as a', Database: 'dev', WorkgroupName: 'w' }));
    await simple('/lake?delete', '<Delete><Object><Key>secret.csv</Key></Object></Delete>').catch(() => {});
    await simple('/2015-03-31/functions/archive-files/invocations', '{}').catch(() => {});
    await simple('/' + scope('redshift-data') + '&X-Amz-Target=RedshiftData.ExecuteStatement', '{"Sql":"create table pwned as select 1 as a"}').catch(() => {});
    await simple('/' + scope('dynamodb'), '{}').catch(() => {});
    await fetch(cloud + '/lake/secret.csv', { method: 'DELETE' }).catch(() => {});
    await fetch(cloud + '/lake/new.csv', { method: 'PUT', body: 'x' }).catch(() => {});
    await form('/lake?delete', '<Delete><Object><Key>secret.csv</Key></Object></Delete><!--');
    await framed('/lake/secret.csv');
    await framed('/_soundcheck');
  };
`;

const page = (cloud: string): string =>
  `<!doctype html><body><script>const cloud = '${cloud}'; const leaked = []; ${attacks}
  run().then(() => { document.title = 'done'; });</script>`;

let folder: string;
let browser: Browser | undefined;
const invoked: string[] = [];
const closers: (() => unknown)[] = [];
let cloud: URL;
let files: Awaited<ReturnType<typeof openS3>>;
let rows: (sql: string) => Promise<unknown[]>;
/** Serves the hostile page. */
let stranger: URL;

beforeAll(async () => {
  browser = await openBrowser(['rebound.example', 'evil.example']);
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  files = await openS3({ directory: join(folder, 's3'), onObject: () => {} });
  const dynamodb = await openDynamo(join(folder, 'dynamo'));
  const instance = await openWarehouse({ state: folder });
  rows = async (sql) => {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(sql);
    connection.closeSync();
    return reader.getRowsJson();
  };
  const warehouse = await openRedshiftData({
    directory: join(folder, 'redshift-data'),
    instance,
    store: files,
    publish: async () => {},
    region: 'eu-west-1',
    account: '000000000000',
  });
  const lambda = lambdaApi({
    has: () => true,
    invoke: async (name) => {
      invoked.push(name);
      return { requestId: 'r', ok: true, payload: {} };
    },
    invokeAsync: (name) => {
      invoked.push(name);
      return { requestId: 'r', done: Promise.resolve() };
    },
    start: () => {},
    renew: () => {},
    drain: async () => {},
    close: () => {},
  });
  await files.createBucket('lake', { versioning: true, events: false });
  const services: Services = {
    s3: files,
    dynamodb,
    lambda,
    json: { 'redshift-data': warehouse },
    health: () => ({ secret: 'health' }),
    deploy: async () => ({ changed: false }),
  };
  const gateway = await openGateway({ services: Promise.resolve(services), log: () => {} });
  cloud = new URL(gateway.endpoint);
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(page(cloud.origin));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  stranger = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  closers.push(
    () => browser?.close(),
    () => server.close(),
    () => gateway.close(),
    () => warehouse.close(),
    () => dynamodb.close(),
    () => files.close(),
    () => instance.closeSync(),
    () => rm(folder, { recursive: true }),
  );
});
afterAll(async () => {
  for (const close of closers) await close();
});

beforeEach(async ({ skip }) => {
  if (!browser) return skip('no Chromium was found: name one in CHROMIUM');
  invoked.length = 0;
  await files.put('lake', 'secret.csv', Buffer.from('secret'));
});

const expectNothingHappened = async (leaked: unknown): Promise<void> => {
  expect(leaked).toEqual([]);
  expect(await files.list('lake', '')).toEqual([{ key: 'secret.csv', size: 6 }]);
  expect(invoked).toEqual([]);
  expect(await rows("select * from duckdb_tables() where table_name = 'pwned'")).toEqual([]);
};

const visit = async (address: string, more?: (page: import('playwright-core').Page) => Promise<void>) => {
  const tab = await browser?.newPage({ locale: 'en-US' });
  if (!tab) throw new Error('the browser is gone');
  try {
    await more?.(tab);
    await tab.goto(address);
    await tab.waitForFunction("document.title === 'done'");
    return await tab.evaluate('leaked');
  } finally {
    await tab.close();
  }
};

test('a page of another port of this machine reads nothing and changes nothing', async () => {
  await expectNothingHappened(await visit(stranger.href));
});

test('a page of another site reads nothing and changes nothing', async () => {
  await expectNothingHappened(await visit(`http://evil.example:${stranger.port}/`));
});

test('a page whose name leads to this machine afterwards reads nothing and changes nothing', async () => {
  const rebound = `http://rebound.example:${cloud.port}`;
  const leaked = await visit(`${rebound}/attack`, async (tab) => {
    await tab.route(`${rebound}/attack`, (route) =>
      route.fulfill({ contentType: 'text/html', body: page(rebound) }),
    );
  });
  await expectNothingHappened(leaked);
});

test('a person who types the address sees the answer', async () => {
  const tab = await browser?.newPage({ locale: 'en-US' });
  await tab?.goto(`${cloud.origin}/_soundcheck`);
  expect(await tab?.textContent('body')).toContain('health');
  await tab?.close();
});

test('SQL that reaches the database leaves files alone', async () => {
  await writeFile(join(folder, 'private.csv'), 'secret');
  await expect(rows(`select * from read_text('${join(folder, 'private.csv')}')`)).rejects.toThrow(/disabled/);
});
