import pLimit from 'p-limit';
import { generateStreams } from '../../local/generate/index.ts';
import type { LakeClient } from '../lake-client.ts';
import { type Catalogue, untilClosed, untilReadable, untilRecorded } from '../landings.ts';

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
    const totals = await untilReadable(this.lake, this.day, this.listens, patienceMs);
    const took = performance.now() - started;
    await pLimit(uploadsAtOnce).map(landed, (file) =>
      untilRecorded(this.lake, file, 'archived_at', patienceMs),
    );
    await untilClosed(this.lake, String(totals.rebuild), patienceMs);
    return took;
  }

  private text(number: number): string {
    const options = { rows: rowsPerFile, days: 1, firstDay: this.day, seed: number, ...this.catalogue };
    return [...generateStreams(options)].join('');
  }
}
