import {
  type AnyFile,
  type Catalog,
  type Files,
  type Ledger,
  madeBy,
  manifestInForce,
  type Reprocessed,
  type Texts,
} from '../../functions/pipeline/index.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';

/** Which published rows of a dataset were made by another manifest, SQL or ruleset than those in force. */
export type PublishedBy = {
  readonly dataset: string;
  /** Hash of the manifest, SQL and ruleset in force. */
  readonly in_force: string;
  readonly published: readonly AnyFile[];
  /** Files whose rows were made by something else, or it is not recorded by what. */
  readonly outdated: readonly AnyFile[];
};

type Ports = {
  readonly files: Texts;
  readonly ledger: Ledger;
};

/** Compares what made the published rows of a dataset with what is in force; undefined if nothing can be in force. */
export const publishedBy = async (
  { files, ledger }: Ports,
  dataset: string,
  { datasets }: Pick<Catalog, 'datasets'>,
): Promise<PublishedBy | undefined> => {
  const [manifest, known] = [await manifestInForce(files as Files, dataset), datasets[dataset]];
  if (!manifest.ok || !known) return undefined;
  const in_force = madeBy(known, manifest.manifest);
  const published = await ledger.files.published(dataset);
  return { dataset, in_force, published, outdated: published.filter((file) => file.made_by !== in_force) };
};

/** The result of a file's last reprocess, if that ran under what is in force and left its rows unchanged. */
export const keptUnder = (file: AnyFile, inForce: string): Reprocessed | undefined => {
  const last = file.reprocessed?.at(-1);
  return last?.outcome === 'kept' && last.made_by === inForce && file.made_by !== inForce ? last : undefined;
};

/** True if outdated rows stay until somebody does something. */
export const needsReprocess = (made: PublishedBy | undefined): made is PublishedBy =>
  made?.outdated.some(({ reprocess }) => !reprocess) ?? false;

/** Says as text how many rows are outdated and what to do; empty if there are none. */
export const outdatedLines = ({ dataset, in_force, outdated }: PublishedBy): string[] => {
  if (outdated.length === 0) return [];
  const rows = outdated.reduce((sum, file) => sum + (file.rows ?? 0), 0);
  const kept = outdated.filter((file) => keptUnder(file, in_force)).length;
  const running = outdated.filter((file) => file.reprocess).length;
  const parts = [
    ...(running > 0 ? [`${running.toLocaleString('en-US')} being reprocessed`] : []),
    ...(kept > 0
      ? [`${kept.toLocaleString('en-US')} kept because they break the new manifest or rules`]
      : []),
  ];
  const also = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  const next = kept + running < outdated.length ? `: ${nextCommand('reprocess', dataset)}` : '';
  return [
    `${count(rows, 'row')} of ${count(outdated.length, 'file')} were made by another manifest, SQL or ruleset than is in force${also}${next}`,
  ];
};

/** The same as JSON. */
export const publishedDocument = (made: PublishedBy): object => ({
  in_force: made.in_force,
  files: made.published.length,
  needs_person: needsReprocess(made),
  outdated: made.outdated.map(({ key: file, version, rows, made_by, reprocess }) => ({
    ...{ file, version, rows, made_by, reprocess: reprocess?.state },
  })),
});
