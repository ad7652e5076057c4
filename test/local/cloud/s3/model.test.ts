import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LaptopS3, startS3 } from './laptop-s3.ts';

type Entry = { key: string; versionId: string; text?: string };
type Listed = { keys: string[]; prefixes: string[] };

let laptop: LaptopS3;
let runs = 0;
beforeAll(async () => {
  laptop = await startS3();
});
afterAll(() => laptop.close());

const keys = ['a', 'a/', 'a/b', 'a/b/c', 'a/ü', 'a0', 'b\0', 'b', '😀', '\u{ff5e}', ' x+y%20'];
const Key = fc.constantFrom(...keys);
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), key: Key, isConditional: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: Key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const), pick: fc.nat(), key: Key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      prefix: fc.constantFrom('', 'a', 'a/', 'b', 'none'),
      delimiter: fc.constantFrom('', '/', 'b'),
      size: fc.integer({ min: 1, max: 4 }),
      isOfVersions: fc.boolean(),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
type ListAction = Extract<Action, { kind: 'list' }>;

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What a listing shows: rolled-up prefixes once, all else as it is. */
const expectedLines = (names: string[], { prefix, delimiter }: ListAction): string[] => {
  const lines = names
    .filter((name) => name.startsWith(prefix))
    .map((name) => {
      const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
      return end < 0 ? name : `${name.slice(0, end + delimiter.length)}*`;
    });
  return lines.filter((line, index) => !line.endsWith('*') || lines.indexOf(line) === index);
};

const openModel = (bucket: string, isVersioned: boolean) => {
  let entries: Entry[] = [];
  let count = 0;
  const newest = (key: string) => entries.find((entry) => entry.key === key);
  const send = laptop.client.send.bind(laptop.client);
  const at = (key: string) => ({ Bucket: bucket, Key: key });

  const add = (entry: Entry): void => {
    entries = [entry, ...entries.filter(({ key }) => isVersioned || key !== entry.key)];
  };

  const listNow = async (action: ListAction): Promise<Listed[]> => {
    const pages: Listed[] = [];
    let token: string | undefined;
    do {
      const page = await send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: action.prefix,
          Delimiter: action.delimiter,
          MaxKeys: action.size,
          ContinuationToken: token,
        }),
      );
      pages.push({
        keys: (page.Contents ?? []).map((found) => found.Key ?? ''),
        prefixes: (page.CommonPrefixes ?? []).map((found) => `${found.Prefix}*`),
      });
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return pages;
  };

  const versionsNow = async (action: ListAction): Promise<string[]> => {
    const seen: string[] = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: action.prefix,
          MaxKeys: action.size,
          ...markers,
        }),
      );
      for (const { Key: key = '', VersionId, IsLatest } of [
        ...(page.Versions ?? []),
        ...(page.DeleteMarkers ?? []),
      ]) {
        seen.push(`${key} ${VersionId}`);
        expect(IsLatest).toBe(newest(key)?.versionId === VersionId);
      }
      if (!page.IsTruncated) return seen.sort();
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  };

  const put = async (key: string, isConditional: boolean): Promise<void> => {
    count += 1;
    const text = `${count}`;
    const isRejected = isConditional && newest(key)?.text !== undefined;
    const condition = isConditional ? { IfNoneMatch: '*' } : {};
    const answer = await send(new PutObjectCommand({ ...at(key), Body: text, ...condition })).catch(
      () => undefined,
    );
    expect(answer === undefined).toBe(isRejected);
    if (answer) add({ key, versionId: answer.VersionId ?? 'null', text });
  };

  const remove = async (key: string): Promise<void> => {
    const answer = await send(new DeleteObjectCommand(at(key)));
    expect(answer.DeleteMarker ?? false).toBe(isVersioned);
    if (isVersioned) add({ key, versionId: answer.VersionId ?? '' });
    else entries = entries.filter((entry) => entry.key !== key);
  };

  const forget = async (entry: Entry): Promise<void> => {
    await send(new DeleteObjectCommand({ ...at(entry.key), VersionId: entry.versionId }));
    entries = entries.filter((other) => other !== entry);
  };

  const copy = async (source: Entry, key: string): Promise<void> => {
    const CopySource = `${bucket}/${encodeURIComponent(source.key)}?versionId=${source.versionId}`;
    const answer = await send(new CopyObjectCommand({ ...at(key), CopySource })).catch(() => undefined);
    expect(answer === undefined).toBe(source.text === undefined);
    if (answer && source.text !== undefined)
      add({ key, versionId: answer.VersionId ?? 'null', text: source.text });
  };

  const list = async (action: ListAction): Promise<void> => {
    if (action.isOfVersions) {
      const expected = entries.filter(({ key }) => key.startsWith(action.prefix));
      expect(await versionsNow(action)).toEqual(
        expected.map(({ key, versionId }) => `${key} ${versionId}`).sort(),
      );
      return;
    }
    const current = [...new Set(entries.map(({ key }) => key))].filter(
      (key) => newest(key)?.text !== undefined,
    );
    const expected = expectedLines(current.sort(byBytes), action);
    const pages = await listNow(action);
    expect(pages.flatMap(({ keys: found }) => found)).toEqual(expected.filter((line) => !line.endsWith('*')));
    expect(pages.flatMap(({ prefixes }) => prefixes)).toEqual(expected.filter((line) => line.endsWith('*')));
    for (const page of pages)
      expect(page.keys.length + page.prefixes.length).toBeLessThanOrEqual(action.size);
  };

  const readAll = async (): Promise<void> => {
    for (const { key, versionId, text } of entries) {
      if (text === undefined) continue;
      const { Body } = await send(new GetObjectCommand({ ...at(key), VersionId: versionId }));
      expect(await Body?.transformToString()).toBe(text);
    }
  };

  const run = async (action: Action): Promise<void> => {
    const picked = 'pick' in action ? entries[action.pick % Math.max(entries.length, 1)] : undefined;
    if (action.kind === 'put') await put(action.key, action.isConditional);
    if (action.kind === 'delete') await remove(action.key);
    if (action.kind === 'forget' && picked) await forget(picked);
    if (action.kind === 'copy' && picked) await copy(picked, action.key);
    if (action.kind === 'list') await list(action);
  };
  return { run, readAll };
};

it.each([true, false])(
  'behaves as a map of versions (versioning: %s)',
  async (isVersioned) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
        runs += 1;
        const bucket = `run-${runs}`;
        await laptop.s3.createBucket(bucket, { versioning: isVersioned, events: false });
        const model = openModel(bucket, isVersioned);
        for (const each of actions) await model.run(each);
        await model.readAll();
      }),
      { numRuns: 20 },
    );
  },
  120_000,
);
