import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type FileVersion, type Landings, landingPrefix } from '../../functions/pipeline/index.ts';
import type { LocalFile } from './datasets.ts';

/** A landed file: its version in the lake. */
export type LandedFile = LocalFile & FileVersion & { readonly name: string };

/** Puts one file into its dataset's landing folder, streamed. */
export const landFile = async (landings: Landings, { path, dataset }: LocalFile): Promise<LandedFile> => {
  const name = basename(path);
  const { size } = await stat(path);
  const landed = await landings.land(`${landingPrefix(dataset)}${name}`, createReadStream(path), size);
  return { path, dataset, name, ...landed };
};
