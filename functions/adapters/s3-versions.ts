import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LandedVersion } from '../pipeline/index.ts';

/** One page of versions, with the folders that the delimiter separated. */
export type VersionPage = {
  readonly versions: readonly LandedVersion[];
  readonly folders: readonly string[];
};

type Markers = { readonly KeyMarker?: string; readonly VersionIdMarker?: string };

/** Lists all object versions, newest first within a key, without delete markers. */
export async function* versionPages(
  client: S3Client,
  input: Pick<ListObjectVersionsCommandInput, 'Bucket' | 'Prefix' | 'Delimiter'>,
): AsyncGenerator<VersionPage> {
  let next: Markers | undefined = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ ...input, ...next }),
    );
    const versions = (page.Versions ?? []).map(({ Key = '', VersionId = '', Size = 0, LastModified }) => ({
      key: Key,
      version: VersionId,
      size: Size,
      landed_at: (LastModified ?? new Date(0)).toISOString(),
    }));
    yield { versions, folders: (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? '') };
    next = page.IsTruncated ? markersOf(page) : undefined;
  }
}

/** A page that ends with a folder names no version, and S3 rejects an empty marker. */
const markersOf = ({ NextKeyMarker, NextVersionIdMarker }: ListObjectVersionsCommandOutput): Markers => ({
  KeyMarker: NextKeyMarker ?? '',
  ...(NextVersionIdMarker ? { VersionIdMarker: NextVersionIdMarker } : {}),
});
