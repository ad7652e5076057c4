import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  PutRecordBatchCommand,
  PutRecordCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { manifestOfFile, parseManifest } from '../../../../functions/validation/manifest/manifest.ts';
import { validateFile } from '../../../../functions/validation/validate-file.ts';
import { keyOf, openFirehose } from '../../../../local/cloud/firehose/firehose.ts';
import { type Gateway, openGateway, type Services } from '../../../../local/cloud/gateway.ts';
import type { JsonService } from '../../../../local/cloud/protocol.ts';
import type { Stream } from '../../../../local/cloud/template/deployment.ts';
import { runToEnd } from '../../../cli/soundcheck-process.ts';

const stream: Stream = {
  logicalId: 'ListensStream',
  name: 'soundcheck-dev-listens',
  arn: 'arn:aws:firehose:eu-west-1:000000000000:deliverystream/soundcheck-dev-listens',
  role: 'arn:aws:iam::000000000000:role/listens',
  bucket: 'lake',
  prefix: 'data/streams/!{timestamp:yyyy-MM-dd}/',
  extension: '.jsonl',
  megabytes: 1,
  seconds: 900,
};

let directory: string;
let gateway: Gateway;
let client: FirehoseClient;
let firehose: JsonService;
/** Files that were put, by key. */
const files = new Map<string, string>();
let failures = 0;

const open = (changes: Partial<Stream> = {}) =>
  openFirehose({
    directory,
    streams: [{ ...stream, ...changes }],
    put: async (_, key, bytes) => {
      if (failures-- > 0) throw new Error('no access');
      files.set(key, bytes.toString());
    },
    complain: () => {},
  });

beforeAll(async () => {
  const handle: JsonService['handle'] = (...call) => firehose.handle(...call);
  const s3 = { isBucket: () => false } as unknown as Services['s3'];
  const json = { firehose: { handle, close: async () => {} } };
  gateway = await openGateway({
    services: Promise.resolve({ s3, json } as unknown as Services),
    log: () => {},
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new FirehoseClient({
    endpoint: gateway.endpoint,
    region: 'eu-west-1',
    credentials,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await gateway.close();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firehose-'));
  files.clear();
  failures = 0;
  return async () => {
    await firehose.close();
    await rm(directory, { recursive: true });
  };
});

const put = (...texts: string[]) =>
  client.send(
    new PutRecordBatchCommand({
      DeliveryStreamName: stream.name,
      Records: texts.map((text) => ({ Data: Buffer.from(text) })),
    }),
  );

const filesPut = (count: number) => vi.waitFor(() => expect(files.size).toBe(count), { timeout: 5_000 });

describe('a stream', () => {
  test('lands what it gathered for long enough, the records as they are', async () => {
    firehose = await open({ seconds: 1 });
    expect(await put('{"a":1}\n', '{"a":2}\n')).toMatchObject({ FailedPutCount: 0 });
    await client.send(
      new PutRecordCommand({ DeliveryStreamName: stream.name, Record: { Data: Buffer.from('{"a":3}\n') } }),
    );
    expect(files.size).toBe(0);
    await filesPut(1);
    expect([...files.values()]).toEqual(['{"a":1}\n{"a":2}\n{"a":3}\n']);
  });

  test('lands what it gathered when it is much enough', async () => {
    firehose = await open();
    const half = `${'x'.repeat(600_000)}\n`;
    await put(half);
    expect(files.size).toBe(0);
    await put(half);
    await filesPut(1);
    expect([...files.values()]).toEqual([half + half]);
  });

  test('lands after a restart what it had taken', async () => {
    firehose = await open();
    await put('{"a":1}\n');
    await firehose.close();
    expect(files.size).toBe(0);
    firehose = await open();
    await filesPut(1);
    expect([...files.values()]).toEqual(['{"a":1}\n']);
  });

  test('puts a file again, under the same name, until it is there', async () => {
    firehose = await open({ seconds: 0 });
    failures = 1;
    await put('{"a":1}\n');
    await filesPut(1);
    expect([...files.values()]).toEqual(['{"a":1}\n']);
  });

  test('lands what an older version has gathered in files', async () => {
    const folder = join(directory, stream.name);
    const batch = (text: string, length = text.length) =>
      Buffer.concat([Buffer.from([0, 0, 0, length]), Buffer.from(text)]);
    await mkdir(folder);
    // The end of the last batch is missing, and was never confirmed.
    await writeFile(join(folder, 'records'), Buffer.concat([batch('3\n'), batch('4\n'), batch('5', 2)]));
    await writeFile(join(folder, 'lake|a.sealed'), Buffer.concat([batch('1\n'), batch('2\n')]));
    await writeFile(join(folder, 'lake|b'), '0\n');
    firehose = await open();
    await put('6\n');
    await filesPut(4);
    expect(files.get('lake/a')).toBe('1\n2\n');
    expect(files.get('lake/b')).toBe('0\n');
    expect([...files.values()].sort()).toEqual(['0\n', '1\n2\n', '3\n4\n', '6\n']);
  });

  test('does not start with damaged records', async () => {
    firehose = await open();
    await put('{"a":1}\n');
    await firehose.close();
    const path = join(directory, stream.name, 'records.db');
    const bytes = await readFile(path);
    const at = bytes.indexOf('{"a":1}');
    bytes[at + 5] = '2'.charCodeAt(0);
    await writeFile(path, bytes);
    await expect(open()).rejects.toThrow(/records.db is damaged: page \d+ has a wrong checksum/);
    await rm(join(directory, stream.name), { recursive: true });
    firehose = await open();
  });

  test('is found by its name only, and says how it gathers', async () => {
    firehose = await open();
    const describe_ = (DeliveryStreamName: string) =>
      client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName }));
    await expect(describe_('other')).rejects.toBeInstanceOf(ResourceNotFoundException);
    expect((await describe_(stream.name)).DeliveryStreamDescription).toMatchObject({
      DeliveryStreamStatus: 'ACTIVE',
      Destinations: [
        { ExtendedS3DestinationDescription: { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 900 } } },
      ],
    });
  });

  test('takes no record that is too large, and no empty batch', async () => {
    firehose = await open();
    await expect(put('x'.repeat(1_000 * 1024 + 1))).rejects.toThrow('at most');
    await expect(put()).rejects.toThrow(/Records/);
  });

  test('names files as Firehose does', () => {
    expect(keyOf(stream, new Date('2026-11-30T03:04:05Z'), 'ID')).toBe(
      'data/streams/2026-11-30/soundcheck-dev-listens-1-2026-11-30-03-04-05-ID.jsonl',
    );
  });
});

test('npm run generate puts listens that the manifest of streams takes', async () => {
  firehose = await open({ seconds: 1 });
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const args = ['streams', '--rows', '1200', '--to', stream.name];
  const program = ['--import', 'tsx', 'local/generate/program.ts', ...args];
  const { code, stderr } = await runToEnd(process.execPath, program, { env });
  expect({ code, stderr: stderr.split('\n').at(-2) }).toEqual({
    code: 0,
    stderr: `${stream.name}: 1,200 listens, seed 1`,
  });
  await vi.waitFor(() => expect([...files.values()].join('').split('\n').length).toBe(1_201), 5_000);
  const parsed = parseManifest(await readFile('rules/streams/manifest.json'));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  for (const [key, text] of files) {
    const bytes = Buffer.from(text);
    const manifest = manifestOfFile(parsed.manifest, key);
    const content = (async function* () {
      yield bytes;
    })();
    const validation = await validateFile({ key, size: bytes.length, manifest, content });
    expect(validation).toMatchObject({ verdict: 'accepted', facts: { format: 'jsonl' } });
    expect(validation).not.toHaveProperty('quarantined');
  }
});
