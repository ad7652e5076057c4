import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  type Files,
  type FileVersion,
  type LandedVersion,
  landingRoot,
  restingPlaces,
} from '../pipeline/index.ts';
import { bounded } from './bounded.ts';
import { CopyDiffers } from './errors.ts';
import { copyVersion } from './s3-copy.ts';
import { uploadStream } from './s3-upload.ts';
import { versionPages } from './s3-versions.ts';

const named = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** S3's errors for missing objects; there can be no object under a key that is too long. */
const absences = ['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed', 'KeyTooLongError'];

const unlessGone = async <Found>(asked: Promise<Found>): Promise<Found | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (named(error, ...absences)) return undefined;
    throw error;
  }
};

/** An object that ends before the range has no bytes there. */
const unlessBeyond = (error: unknown): { Body?: undefined; ContentRange?: undefined } => {
  if (named(error, 'InvalidRange')) return {};
  throw error;
};

/** S3 rejects a write that meets another one at the same moment; it is sent again this many times. */
const mostConflicts = 3;

/** The lake's bucket. Lists read all pages, a copy is compared with its source. */
export const s3Files = (bucket: string): Files => {
  const client = new S3Client({
    requestHandler: { ...bounded.requestHandler, requestTimeout: 60_000 },
  });
  const whereIs = ({ key, version }: FileVersion) => ({ Bucket: bucket, Key: key, VersionId: version });

  const head = (where: { Bucket: string; Key: string; VersionId?: string }) =>
    unlessGone(client.send(new HeadObjectCommand(where)));

  const put = (key: string, body: string, isOnce: boolean) =>
    client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...(isOnce ? { IfNoneMatch: '*' } : {}) }),
    );

  return {
    open: async (file) => {
      const found = await unlessGone(client.send(new GetObjectCommand(whereIs(file))));
      return found?.Body as AsyncIterable<Uint8Array> | undefined;
    },
    readRange: async (file, start, end) => {
      const Range = `bytes=${start}-${end - 1}`;
      const { Body } = await client.send(new GetObjectCommand({ ...whereIs(file), Range }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    readPart: async (key, start, most) => {
      const Range = `bytes=${start}-${start + most - 1}`;
      const found = await unlessGone(
        client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range })).catch(unlessBeyond),
      );
      if (!found) return undefined;
      const size = Number(found.ContentRange?.split('/')[1] ?? 0);
      return { bytes: (await found.Body?.transformToByteArray()) ?? new Uint8Array(), size };
    },
    readText: async (key) => {
      const found = await unlessGone(client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
      return found?.Body?.transformToString();
    },
    writeOnce: async (key, body) => {
      for (let left = mostConflicts; ; left--) {
        try {
          await put(key, body, true);
          return true;
        } catch (error) {
          if (named(error, 'PreconditionFailed')) return false;
          if (left === 0 || !named(error, 'ConditionalRequestConflict')) throw error;
        }
      }
    },
    write: async (key, body) => {
      await put(key, body, false);
    },
    writeStream: (key, body) => uploadStream(client, { Bucket: bucket, Key: key }, body),
    versionsOf: async (key) => {
      const versions: LandedVersion[] = [];
      for await (const page of versionPages(client, { Bucket: bucket, Prefix: key })) {
        versions.push(...page.versions.filter((one) => one.key === key));
      }
      return versions.reverse();
    },
    landed: async function* () {
      for await (const page of versionPages(client, {
        Bucket: bucket,
        Prefix: landingRoot,
        Delimiter: '/',
      })) {
        yield page.versions;
        for (const Prefix of page.folders.filter((folder) => !restingPlaces.includes(folder))) {
          for await (const inside of versionPages(client, { Bucket: bucket, Prefix })) yield inside.versions;
        }
      }
    },
    list: async (prefix) => {
      const keys: string[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
      }
      return keys;
    },
    copy: async (from, to, sha256) => {
      const source = await head(whereIs(from));
      if (!source) return 'gone';
      const size = source.ContentLength ?? 0;
      const copied = await unlessGone(copyVersion(client, { bucket, from, to, size }));
      if (!copied) return 'gone';
      const copy = await head({ Bucket: bucket, Key: to });
      const isSame = copy?.ContentLength === size && (!copied.sha256 || !sha256 || copied.sha256 === sha256);
      if (!isSame) throw new CopyDiffers(to, from.key, from.version);
      return 'copied';
    },
    exists: async (key) => (await head({ Bucket: bucket, Key: key })) !== undefined,
    remove: async (file) => {
      await client.send(new DeleteObjectCommand(whereIs(file)));
    },
  };
};
