import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { RE2JS } from 're2js';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { type FileVersion, manifestKey } from '../../functions/domain/landing.ts';
import { type Manifest, parseManifest } from '../../functions/domain/manifest.ts';
import { projectRoot } from './options.ts';

/** A file of this machine and the dataset that it belongs to. */
export type LocalFile = { readonly path: string; readonly dataset: string };

/** A file that was landed: its version in the lake. */
export type LandedFile = LocalFile & FileVersion & { readonly name: string };

/** A file that fits no dataset, or does not exist. */
export class CannotLand extends Error {
  override readonly name = 'CannotLand';
}

const rules = join(projectRoot, 'rules');

const manifestTexts = async (): Promise<Map<string, string>> => {
  const folders = (await readdir(rules, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const texts = folders.map(
    async ({ name }): Promise<[string, string]> => [
      name,
      await readFile(join(rules, name, 'manifest.json'), 'utf8'),
    ],
  );
  return new Map(await Promise.all(texts));
};

/** Puts the manifests of `rules/` into the lake, those that changed: a manifest that lands wakes what waits for it. */
export const landManifests = async (bucket: string): Promise<void> => {
  const files = s3Files(bucket);
  for (const [dataset, text] of await manifestTexts()) {
    if ((await files.readText(manifestKey(dataset))) !== text) await files.write(manifestKey(dataset), text);
  }
};

/** Finds the dataset of each file by the name patterns of the manifests; throws `CannotLand` with the patterns there are. */
export const withDatasets = async (paths: readonly string[], dataset?: string): Promise<LocalFile[]> => {
  const texts = await manifestTexts();
  const manifests = [...texts].flatMap(([name, text]): [string, Manifest][] => {
    const parsed = parseManifest(text);
    return parsed.ok ? [[name, parsed.manifest]] : [];
  });
  if (dataset !== undefined && !texts.has(dataset)) {
    const names = [...texts.keys()].sort().join(', ');
    throw new CannotLand(`there is no dataset ${dataset}; there are ${names} (the folders of rules/)`);
  }
  return Promise.all(
    paths.map(async (path) => {
      if (!(await stat(path).catch(() => undefined))?.isFile())
        throw new CannotLand(`there is no file ${path}`);
      return { path, dataset: dataset ?? datasetOf(path, manifests) };
    }),
  );
};

const datasetOf = (path: string, manifests: readonly [string, Manifest][]): string => {
  const name = basename(path).replace(/\.gz$/, '');
  const fitting = manifests.filter(([, { extension, name_pattern }]) => {
    return name.endsWith(extension) && (name_pattern === undefined || RE2JS.matches(name_pattern, name));
  });
  const [only, another] = fitting;
  if (only && !another) return only[0];
  if (another) {
    const names = fitting.map(([dataset]) => dataset).join(' and ');
    throw new CannotLand(`${path} fits ${names}; say which with --dataset`);
  }
  const patterns = manifests.map(([dataset, { name_pattern = '.*' }]) => `\n  ${dataset}: ${name_pattern}`);
  throw new CannotLand(
    `${path} has a name that fits no dataset; rename it to fit one of${patterns.join('')}`,
  );
};

/** Puts one file into its dataset's landing folder, streamed. */
export const landFile = async (bucket: string, { path, dataset }: LocalFile): Promise<LandedFile> => {
  const name = basename(path);
  const key = `data/${dataset}/${name}`;
  const { size } = await stat(path);
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: createReadStream(path),
    ContentLength: size,
  });
  const client = new S3Client({});
  const { VersionId = '' } = await client.send(put).finally(() => client.destroy());
  return { path, dataset, name, key, version: VersionId };
};
