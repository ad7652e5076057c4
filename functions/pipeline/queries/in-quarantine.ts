import pLimit from 'p-limit';
import * as z from 'zod';
import { type FileVersion, isReport, quarantineFolder } from '../lake-keys.ts';
import type { FileReader, Ledger } from '../ports.ts';
import type { AnyFile } from '../records/file.ts';

const ReportOf = z.object({ file: z.string(), version: z.string(), dataset: z.string() });

/** The records of a dataset's files in quarantine, whole or with some rows, in order of landing; each has a report there. */
export const inQuarantine = async (
  { files, ledger }: { readonly files: FileReader; readonly ledger: Ledger },
  dataset: string,
): Promise<AnyFile[]> => {
  const keys = (await files.list(`${quarantineFolder}/`)).filter(
    (key) => isReport(key) && key.includes(`/${dataset}/`),
  );
  const named = await pLimit(16).map(keys, (key) => nameIn(files, key, dataset));
  const records = await ledger.files.findAll(named.flatMap((file) => file ?? []));
  return [...records].sort(byLanding);
};

const nameIn = async (files: FileReader, key: string, dataset: string): Promise<FileVersion | undefined> => {
  const parsed = ReportOf.safeParse(JSON.parse((await files.readText(key)) ?? '{}'));
  if (!parsed.success || parsed.data.dataset !== dataset) return undefined;
  return { key: parsed.data.file, version: parsed.data.version };
};

/** The order in which files landed; versions of the same moment are sorted by key. */
export const byLanding = (a: AnyFile, b: AnyFile): number =>
  a.landed_at.localeCompare(b.landed_at) || a.key.localeCompare(b.key) || a.number - b.number;
