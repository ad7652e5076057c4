import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { type FileVersion, landingRoot, restingPlaces } from '../domain/landing.ts';
import type { Files, LandedVersion } from '../domain/ports.ts';
import { copyVersion } from './s3-copy.ts';
import { versionPages } from './s3-versions.ts';

const named = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);

const gone = (error: unknown): boolean =>
  named(error, 'NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed');

/** The lake's bucket. Lists page to their end, a copy is compared with what it was made of. */
export const s3Files = (bucket: string): Files => {
  const client = new S3Client({ requestHandler: { connectionTimeout: 2_000, requestTimeout: 60_000 } });
  const whereIs = ({ key, version }: FileVersion) => ({ Bucket: bucket, Key: key, VersionId: version });

  const head = async (where: { Bucket: string; Key: string; VersionId?: string }) => {
    try {
      return await client.send(new HeadObjectCommand(where));
    } catch (error) {
      if (gone(error)) return undefined;
      throw error;
    }
  };

  const put = (key: string, body: string, isOnce: boolean) =>
    client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...(isOnce ? { IfNoneMatch: '*' } : {}) }),
    );

  return {
    open: async (file) => {
      try {
        const { Body } = await client.send(new GetObjectCommand(whereIs(file)));
        return Body as AsyncIterable<Uint8Array> | undefined;
      } catch (error) {
        if (gone(error)) return undefined;
        throw error;
      }
    },
    readText: async (key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToString();
      } catch (error) {
        if (gone(error)) return undefined;
        throw error;
      }
    },
    writeOnce: async (key, body) => {
      try {
        await put(key, body, true);
        return true;
      } catch (error) {
        if (named(error, 'PreconditionFailed', 'ConditionalRequestConflict')) return false;
        throw error;
      }
    },
    write: async (key, body) => {
      await put(key, body, false);
    },
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
      const copied = await copyVersion(client, { bucket, from, to, size });
      const copy = await head({ Bucket: bucket, Key: to });
      const isSame = copy?.ContentLength === size && (!copied || !sha256 || copied === sha256);
      if (!isSame) throw new Error(`the copy ${to} differs from ${from.key}, version ${from.version}`);
      return 'copied';
    },
    exists: async (key) => (await head({ Bucket: bucket, Key: key })) !== undefined,
    remove: async (file) => {
      await client.send(new DeleteObjectCommand(whereIs(file)));
    },
  };
};
