import { expect, test } from 'vitest';
import { columnList } from '../../functions/engine/sql-text.ts';
import { runTransform } from '../../functions/engine/transform.ts';
import type { SpecFile } from '../../functions/pipeline/spec.ts';
import { NoPython } from '../../local/engines/spark/python.ts';
import { openLake } from '../functions/engine/fixtures.ts';
import { cleanKeyOf } from '../functions/engine/validated.ts';
import { type MadeFile, makeFiles, validated } from './landed-parquet.ts';
import { isSame, nestedOracle, parseDigits } from './same-record.ts';
import { difference, parquetSpec, stagedColumns } from './staged-parquet.ts';

const count = Number(process.env.PARQUET_FILES ?? 40);
const seed = Number(process.env.PARQUET_SEED ?? 1);
const filesAtOnce = 30;

/** Each row of a file is the other reader's, or left out with row and column; a file is accepted, or rejected with a column. */
const validateOne = async (file: MadeFile) => {
  const answer = await validated(file);
  const { validation, lines, bad } = answer;
  if (validation.verdict !== 'accepted') {
    const violations = validation.verdict === 'rejected' ? validation.violations : [];
    expect(
      violations.some(({ column }) => column !== undefined),
      `${file.name} ${JSON.stringify(validation)}`,
    ).toBe(true);
    return answer;
  }
  for (const row of bad) expect(JSON.parse(row)._errors, file.name).toMatch(/^row \d+, column /);
  expect(lines.length + bad.length, file.name).toBe(file.rows.length);
  const byId = new Map(file.rows.map((row) => [String((row as { id: [string, string] }).id[1]), row]));
  for (const line of lines) {
    const mine = parseDigits(line);
    const other = nestedOracle(byId.get((mine as { id: { text: string } }).id.text) ?? null);
    if (!isSame(mine, other)) expect(mine, `${file.name} is not as pyarrow reads it`).toEqual(other);
  }
  return answer;
};

test(
  'Parquet is published as it is stored, whatever it holds and whoever wrote it',
  async ({ skip }) => {
    const made = await makeFiles(count, seed).catch((cause) => {
      if (cause instanceof NoPython && process.env.CI !== 'true') skip(cause.message);
      throw cause;
    });
    const lake = await openLake();
    let [accepted, rows, bad] = [0, 0, 0];
    try {
      for (let at = 0; at < made.length; at += filesAtOnce) {
        const answers = [];
        for (const file of made.slice(at, at + filesAtOnce)) answers.push(await validateOne(file));
        const files = answers.flatMap(({ key, facts, clean }): SpecFile[] => {
          if (!facts || !clean) return [];
          lake.put(cleanKeyOf(key), clean);
          return [
            { key, version: 'v1', landed_at: '2024-06-25T12:00:00Z', facts, clean_key: cleanKeyOf(key) },
          ];
        });
        const spec = parquetSpec(
          files,
          `people-${String(at + 1).padStart(6, '0')}`,
          (array) => `${array}[1]`,
        );
        const staged = await lake.staged(await runTransform(lake.run('r1'), spec), columnList(stagedColumns));
        const lines = new Map(answers.map(({ key, lines }) => [key, lines]));
        const headers = new Map(files.map(({ key, facts }) => [key, facts.header]));
        for (const row of staged) {
          const own = lines.get(String(row[0])) ?? [];
          const line = own.find((one) => one.startsWith(`{"id":${row[1]},`)) ?? '{}';
          expect(
            difference(row, line, headers.get(String(row[0])) ?? []),
            `${row[0]} ${row[1]}`,
          ).toBeUndefined();
        }
        expect(staged.length).toBe(answers.reduce((sum, one) => sum + one.lines.length, 0));
        accepted += files.length;
        rows += staged.length;
        bad += answers.reduce((sum, one) => sum + one.bad.length, 0);
      }
    } finally {
      await lake.close();
    }
    if (process.env.PARQUET_FILES) console.log({ files: made.length, accepted, rows, bad });
    expect(accepted).toBeGreaterThan(made.length / 2);
  },
  60 * 60_000,
);
