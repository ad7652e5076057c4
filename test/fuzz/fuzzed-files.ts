import fc from 'fast-check';
import { openLake } from '../functions/engine/fixtures.ts';
import { gzipMember, headerParts } from '../functions/validation/gzip/members.ts';
import { damage } from './damages.ts';

export type Format = 'csv' | 'jsonl' | 'json' | 'parquet';
export type FuzzedFile = { readonly format: Format; readonly key: string; readonly bytes: Buffer };

type Row = { readonly id: number; readonly name: string; readonly moment: string };

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
  name: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', '\\', 'é', '1'), maxLength: 8 }),
  ),
  moment: fc.constantFrom('2024-06-25 17:43:13', '1970-01-01 00:00:00', ''),
});
const rows = fc.array(row, { maxLength: 6 });

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const writers: Readonly<Record<Exclude<Format, 'parquet'>, (rows: readonly Row[]) => string>> = {
  csv: (all) =>
    `id,name,moment\n${all.map(({ id, name, moment }) => `${id},${quoted(name)},${moment}\n`).join('')}`,
  jsonl: (all) => all.map((each) => `${JSON.stringify(each)}\n`).join(''),
  json: (all) => JSON.stringify(all, null, all.length % 2),
};

/** Parquet files of some rows, each packed in another way. */
const parquetSeeds = async (): Promise<Buffer[]> => {
  const lake = await openLake();
  const select =
    "select cast(n as integer) as id, 'name ' || n % 3 as name, timestamp '2024-06-25 17:43:13' as moment from range(7) as many(n)";
  const packed = ['snappy', 'zstd', 'gzip', 'uncompressed', 'brotli', 'lz4_raw'];
  const seeds: Buffer[] = [];
  for (const [index, codec] of packed.entries())
    seeds.push(await lake.parquet(select, `compression ${codec}, row_group_size ${index % 2 ? 2048 : 4096}`));
  seeds.push(await lake.parquet(`${select} union all select null, null, null`, 'parquet_version v2'));
  await lake.close();
  return seeds;
};

/** Files of all formats, right ones that things have happened to; the same for a seed. */
export const fuzzedFiles = async (count: number, seed: number): Promise<FuzzedFile[]> => {
  const seeds = fc.constantFrom(...(await parquetSeeds()));
  const parquet = fc
    .tuple(seeds, seeds)
    .chain(([bytes, other]) => damaged(bytes, other, 'parquet', fc.constant(false)));
  const texts = fc
    .tuple(fc.constantFrom<Exclude<Format, 'parquet'>>('csv', 'jsonl', 'json'), rows, rows)
    .chain(([format, some, others]) =>
      damaged(Buffer.from(writers[format](some)), Buffer.from(writers[format](others)), format, fc.boolean()),
    );
  return fc
    .sample(fc.oneof({ weight: 1, arbitrary: parquet }, { weight: 3, arbitrary: texts }), {
      numRuns: count,
      seed,
    })
    .map((file, at) => ({ ...file, key: `data/fuzz/${at}${file.key}` }));
};

/** A file to which up to three things have happened, before it was compressed, afterwards, or both. */
const damaged = (
  bytes: Buffer,
  other: Buffer,
  format: Format,
  compressed: fc.Arbitrary<boolean>,
): fc.Arbitrary<FuzzedFile> => {
  const some = (file: Buffer) => fc.array(damage(file), { maxLength: 2 });
  return fc
    .tuple(compressed, headerParts, fc.nat(9), some(other), some(gzipMember(other)))
    .map(([isGzip, header, level, inside, outside]) => {
      const plain = inside.reduce((all, happens) => happens(all), bytes);
      const whole = isGzip
        ? outside.reduce((all, happens) => happens(all), gzipMember(plain, header, level))
        : plain;
      return { format, key: `.${format}${isGzip ? '.gz' : ''}`, bytes: whole };
    });
};
