import pLimit from 'p-limit';
import { generateStreams } from '../../local/generate/index.ts';
import type { LakeClient, LandedFile } from '../lake-client.ts';
import type { Catalogue } from '../landings.ts';
import { until } from '../until.ts';

const rowsPerFile = 100;
const uploadsAtOnce = 32;
const patienceMs = 600_000;
const firstDay = Date.UTC(2024, 0, 1);

/** Lands files of listens, one day after the other, and waits for the end of their work. */
export class DayByDay {
  /** Landed so far. */
  files = 0;
  private day = '';
  private listens = 0;

  constructor(
    private readonly lake: LakeClient,
    private readonly catalogue: Catalogue,
  ) {}

  /** From now on files are of this day, the first one being 1. */
  begin(day: number): void {
    this.day = new Date(firstDay + (day - 1) * 86_400_000).toISOString().slice(0, 10);
    this.listens = 0;
  }

  /** Lands so many files in groups of about the same size. */
  async inGroups(count: number, most: number): Promise<void> {
    const groups = Math.ceil(count / most);
    for (let group = 0; group < groups; group++)
      await this.land(Math.floor(((group + 1) * count) / groups) - Math.floor((group * count) / groups));
  }

  /** Lands so many files at once; resolves to the milliseconds until all of their listens count. */
  async land(count: number): Promise<number> {
    const numbers = Array.from({ length: count }, (_, index) => this.files + index + 1);
    const texts = numbers.map((number) => ({
      key: `data/streams/streams${number}.csv`,
      text: this.text(number),
    }));
    this.files += count;
    this.listens += count * rowsPerFile;
    const started = performance.now();
    const landed = await pLimit(uploadsAtOnce).map(texts, ({ key, text }) => this.lake.land(key, text));
    const rebuild = await this.untilReadable(count === 1 ? 25 : 200);
    const took = performance.now() - started;
    // One after the other: whoever asks for many at once takes the time of those who do the work.
    for (const file of landed) await this.until(`the end of ${file.key}`, () => this.isArchived(file));
    await this.until(`the end of ${rebuild}`, async () =>
      Boolean((await this.lake.record(`REBUILD#${rebuild}`))?.closed_at),
    );
    return took;
  }

  /** The rebuild after which all listens of the day count. */
  private untilReadable(everyMs: number): Promise<string> {
    const what = `${this.listens} listens on ${this.day}`;
    return until(
      async () => {
        const totals = await this.lake.day(this.day);
        return Number(totals?.listens ?? 0) >= this.listens ? String(totals?.rebuild) : undefined;
      },
      { what, everyMs, atMostMs: patienceMs },
    );
  }

  private async isArchived(file: LandedFile): Promise<boolean> {
    return (await this.lake.file(file))?.archived_at !== undefined;
  }

  private async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    await until(async () => (await isSo()) || undefined, { what, everyMs: 200, atMostMs: patienceMs });
  }

  private text(number: number): string {
    const options = { rows: rowsPerFile, days: 1, firstDay: this.day, seed: number, ...this.catalogue };
    return [...generateStreams(options)].join('');
  }
}
