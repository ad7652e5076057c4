import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Files, Landings, PullRecord } from '../../functions/pipeline/index.ts';
import { writeSample } from '../../local/generate/index.ts';
import type { Whereabouts } from '../follow/follow.ts';
import { landedBy, type Puller, pullWindows } from '../pull/follow.ts';
import { pullProgress } from '../pull/progress.ts';
import { type LandedFile, landFile } from '../target/landing.ts';

type Sample = Puller & {
  readonly sourcesReady: Promise<void>;
  readonly files: Files;
  readonly landings: Landings;
  readonly see: (landed: readonly LandedFile[]) => Promise<Whereabouts[]>;
  /** In milliseconds. */
  readonly began: number;
  readonly output: Pick<NodeJS.WriteStream, 'write'>;
};

/** A month of the shop: its sessions, all that it sells, and all who registered, also later than their sessions. */
const shop = [
  { source: 'songs', from: '2024-01-01', to: '2024-01-31' },
  { source: 'users', from: '2020-01-01', to: '2024-12-31' },
  { source: 'sessions', from: '2024-01-01', to: '2024-01-31' },
] as const;

/** Lands the sample's files, then pulls a month of the shop. */
export const runSample = async (
  sample: Sample,
): Promise<{ readonly seen: Whereabouts[]; readonly pulled: PullRecord[] }> => {
  const dropped = await dropFiles(sample);
  const pulled = await pullShop(sample);
  const landed = await Promise.all(pulled.map((one) => landedBy(sample, one)));
  return { seen: [...dropped, ...(await sample.see(landed.flat()))], pulled };
};

const pullShop = async (sample: Sample): Promise<PullRecord[]> => {
  await sample.sourcesReady;
  const tell = pullProgress(sample.output, sample.began);
  const ended = await pLimit(shop.length).map(shop, ({ source, ...window }) =>
    pullWindows(sample, source, [window], { atOnce: 1, tell }),
  );
  sample.output.write('\n');
  return ended.flat();
};

/** First the catalogue and the listeners, as a source would deliver them, then the listens. */
const dropFiles = async ({ see, landings }: Sample): Promise<Whereabouts[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-sample-'));
  try {
    const files = await writeSample(folder);
    const isStreams = ({ dataset }: { dataset: string }): boolean => dataset === 'streams';
    const before = files.filter((file) => !isStreams(file));
    const listened = files.filter(isStreams);
    return [
      ...(await see(await landAll(landings, before))),
      ...(await see(await landAll(landings, listened))),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Lands local files, some at once. */
export const landAll = (
  landings: Landings,
  files: readonly { path: string; dataset: string }[],
): Promise<LandedFile[]> => pLimit(8).map(files, (file) => landFile(landings, file));
