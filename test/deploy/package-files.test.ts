import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployedKey } from '../../functions/pipeline/lake-keys.ts';
import { type LaptopS3, startS3 } from '../local/cloud/s3/laptop-s3.ts';

type Hook = 'before:deploy:deploy' | 'after:deploy:deploy' | 'before:remove:remove' | 'after:remove:remove';
type Plugin = { readonly hooks: Readonly<Record<Hook, () => Promise<void> | void>> };
const PublishFiles: new (serverless: object, options: object, tools: object) => Plugin = createRequire(
  import.meta.url,
)('../../deploy/publish-files.cjs');

const lake = 'soundcheck-dev-lake-123456789012';

let laptop: LaptopS3;
let root: string;
let notices: string[];

beforeEach(async () => {
  laptop = await startS3();
  await laptop.s3.createBucket(lake, { versioning: true, events: true });
  root = await mkdtemp(join(tmpdir(), 'publish-files-'));
  notices = [];
});
afterEach(async () => {
  await laptop.close();
  await rm(root, { recursive: true, force: true });
});

const job = (script: string) => ({
  Type: 'AWS::Glue::Job',
  Properties: {
    Command: { ScriptLocation: { 'Fn::Sub': `s3://\${ServerlessDeploymentBucket}/glue/${script}` } },
  },
});

const plugin = ({ keep = 'Delete', resources = {} }: { keep?: string; resources?: object } = {}): Plugin => {
  const { endpoint } = laptop;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const aws = {
    getAccountId: async () => '123456789012',
    getAwsSdkV3Config: async () => ({ endpoint, region: 'eu-west-1', credentials, forcePathStyle: true }),
  };
  const serverless = {
    getProvider: () => aws,
    serviceDir: root,
    service: {
      custom: { name: 'soundcheck-dev', keep },
      provider: { compiledCloudFormationTemplate: { Resources: resources } },
    },
    classes: { Error },
  };
  return new PublishFiles(serverless, {}, { log: { notice: (text: string) => notices.push(text) } });
};

const writeManifest = async (dataset: string, text: string) => {
  await mkdir(join(root, 'rules', dataset), { recursive: true });
  await writeFile(join(root, 'rules', dataset, 'manifest.json'), text);
};

const versions = async (): Promise<number> => {
  const page = await laptop.client.send(new ListObjectVersionsCommand({ Bucket: lake, Prefix: 'data/' }));
  return (page.Versions ?? []).length + (page.DeleteMarkers ?? []).length;
};

describe('a deployment', () => {
  test('is rejected while a script that a job names is missing', () => {
    const { hooks } = plugin({
      resources: { A: job('nowhere.py'), B: job('neither.py'), C: { Type: 'AWS::SQS::Queue' } },
    });
    expect(() => hooks['before:deploy:deploy']()).toThrow(
      /run nowhere\.py and neither\.py, which glue\/ does not have/,
    );
  });

  test('goes on when no script is missing', () => {
    expect(plugin().hooks['before:deploy:deploy']()).toBeUndefined();
  });

  test('puts the manifest of every dataset, and of nothing else', async () => {
    await writeManifest('streams', '{}');
    await writeManifest('tracks', '{"a": 1}');
    await writeFile(join(root, 'rules', 'manifest.schema.json'), '{}');
    await mkdir(join(root, 'rules', 'unfinished'));
    await plugin().hooks['after:deploy:deploy']();
    const keys = (await laptop.s3.list(lake, '')).map(({ key }) => key);
    expect(keys.filter((key) => key.startsWith('data/'))).toEqual([
      'data/streams/manifest.json',
      'data/tracks/manifest.json',
    ]);
  });

  test('notes every manifest that it has put, for functions to tell it from one put by hand', async () => {
    const noted = async (): Promise<string[]> => {
      const command = new GetObjectCommand({ Bucket: lake, Key: deployedKey('streams') });
      const { Body } = await laptop.client.send(command);
      return JSON.parse((await Body?.transformToString()) ?? '');
    };
    const texts = ['{}', '{"max_rows": 5}'];
    for (const text of [...texts, '{}']) {
      await writeManifest('streams', text);
      await plugin().hooks['after:deploy:deploy']();
    }
    expect(await noted()).toEqual(texts.map((text) => createHash('sha256').update(text).digest('hex')));
  });

  test('puts a manifest again only when it changed', async () => {
    await writeManifest('streams', '{}');
    await plugin().hooks['after:deploy:deploy']();
    await plugin().hooks['after:deploy:deploy']();
    expect(await versions()).toBe(1);
    await writeManifest('streams', '{"max_rows": 5}');
    await plugin().hooks['after:deploy:deploy']();
    expect(await versions()).toBe(2);
    expect(notices).toHaveLength(2);
  });
});

describe('a removal', () => {
  test('empties the buckets of a stage that keeps nothing, also when one is gone already', async () => {
    await writeManifest('streams', '{}');
    await plugin().hooks['after:deploy:deploy']();
    await plugin().hooks['before:remove:remove']();
    expect(await versions()).toBe(0);
  });

  test('leaves the buckets of a stage that keeps its data', async () => {
    await writeManifest('streams', '{}');
    await plugin().hooks['after:deploy:deploy']();
    const { hooks } = plugin({ keep: 'RetainExceptOnCreate' });
    await hooks['before:remove:remove']();
    expect(await versions()).toBe(1);
    await hooks['after:remove:remove']();
    for (const left of [lake, 'soundcheck-dev-logs-123456789012', 'soundcheck-dev-ledger', 'the warehouse'])
      expect(notices.at(-1)).toContain(left);
  });

  test('of a stage that keeps nothing says nothing of data that stays', async () => {
    await plugin().hooks['after:remove:remove']();
    expect(notices).toEqual([]);
  });
});
