import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../local/generate/index.ts';
import { peakMemory } from '../memory.ts';
import { type Contender, contenders, type Pair } from './contenders.ts';

/** Processor times of all threads in microseconds, unless they end with `_ms`. */
export type Standing = {
  readonly contender: string;
  readonly get: number;
  readonly put: number;
  readonly batch: number;
  readonly scan: number;
  readonly open_ms: number;
  readonly bytes: number;
  readonly most_mb: number;
  readonly noticed: number;
  readonly harmless: number;
  readonly silent: number;
};

const random = seededRandom(11);
const keyOf = (at: number): Buffer =>
  Buffer.from(`v/lake/data/streams/${String((at * 7_919) % 1_000_003).padStart(8, '0')}.csv`);
const pairOf = (at: number): Pair => [
  keyOf(at),
  Buffer.from(JSON.stringify({ at, etag: 'e'.repeat(32), tags: 'x'.repeat(200 + random.below(300)) })),
];

const timed = async (count: number, work: () => Promise<unknown>): Promise<number> => {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / count;
};

const measure = async (name: string, entries: number, flips: number): Promise<Standing> => {
  const open = contenders[name] as (folder: string) => Promise<Contender>;
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'));
  const at = (part: string): string => join(folder, part);
  try {
    const store = await open(made(at('own')));
    const batch = await timed(entries / 25, async () => {
      for (let first = 0; first < entries; first += 25)
        await store.batch(Array.from({ length: 25 }, (_, index) => pairOf(first + index)));
    });
    const calls = Math.min(20_000, entries);
    const put = await timed(calls, async () => {
      for (let first = 0; first < calls; first += 20)
        await Promise.all(Array.from({ length: 20 }, () => store.put(pairOf(random.below(entries)))));
    });
    const get = await timed(calls, async () => {
      for (let call = 0; call < calls; call++) await store.get(keyOf(random.below(entries)));
    });
    const scan = await timed(entries, () => store.scan(() => {}));
    copyKilled(at('own'), at('killed'));
    const bytes = sizeOf(at('own')) / entries;
    await store.close();
    const most_mb = await peakMemory(process.pid);
    const open_ms =
      (await timed(1, async () => {
        const next = await open(at('killed'));
        await next.get(keyOf(1));
        await next.close();
      })) / 1_000;
    const seen = await flipped(open, at('flips'), flips);
    return { contender: name, get, put, batch, scan, open_ms, bytes, most_mb, ...seen };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const made = (folder: string): string => {
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** What a killed process leaves, without the folder that node-sqlite3-wasm takes for a lock of another process. */
const copyKilled = (from: string, to: string): void =>
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.lock') });

const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** Flips one bit in each of so many copies of a store that was killed: in any of its files, at any place. */
const flipped = async (open: (folder: string) => Promise<Contender>, folder: string, flips: number) => {
  const whole = made(join(folder, 'whole'));
  const store = await open(whole);
  const expected = new Map<string, string>();
  // Often enough that a part is in the log, and the rest in the files behind it.
  for (let first = 0; first < 12_000; first += 25) {
    const pairs = Array.from({ length: 25 }, (_, index) => pairOf((first + index) % 2_000));
    for (const [key, value] of pairs) expected.set(String(key), String(value));
    await store.batch(pairs);
  }
  const seen = { noticed: 0, harmless: 0, silent: 0 };
  for (let flip = 0; flip < flips; flip++) {
    const copy = join(folder, String(flip));
    copyKilled(whole, copy);
    flipOne(copy);
    seen[await outcome(open, copy, expected)] += 1;
    rmSync(copy, { recursive: true, force: true });
  }
  await store.close();
  return seen;
};

/** Lock files and logs of messages hold no entries. */
const isData = (name: string): boolean => !/^(LOCK|LOG|LOG\.old)$/.test(name);

const flipOne = (folder: string): void => {
  const files = readdirSync(folder).filter((name) => isData(name) && statSync(join(folder, name)).size > 0);
  const path = join(folder, random.pick(files));
  const bytes = readFileSync(path);
  const at = random.below(bytes.length);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
  writeFileSync(path, bytes);
};

const outcome = async (
  open: (folder: string) => Promise<Contender>,
  folder: string,
  expected: ReadonlyMap<string, string>,
): Promise<'noticed' | 'harmless' | 'silent'> => {
  try {
    const store = await open(folder);
    try {
      let right = 0;
      await store.scan(([key, value]) => {
        if (expected.get(Buffer.from(key).toString()) === Buffer.from(value).toString()) right += 1;
      });
      for (const [key, value] of expected) {
        const found = await store.get(Buffer.from(key));
        if (!found || Buffer.from(found).toString() !== value) return 'silent';
      }
      return right === expected.size ? 'harmless' : 'silent';
    } finally {
      await store.close();
    }
  } catch {
    return 'noticed';
  }
};

const [, , name = '', entries = '', flips = ''] = process.argv;
console.log(JSON.stringify(await measure(name, Number(entries), Number(flips))));
