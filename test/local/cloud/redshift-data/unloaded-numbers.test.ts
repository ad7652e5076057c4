import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitsOf } from '../../../../functions/values/exact-number.ts';
import { rowReader } from '../../../../functions/warehouse/kpis/rows.ts';
import { warehouseEngine } from '../../../../functions/warehouse/rebuild/engine.ts';

const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const sums = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
const decimals = fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat(), sums).map(([precision, some, units]) => {
  const scale = some % (precision + 1);
  const held = units % 10n ** BigInt(precision);
  const digits = String(held < 0n ? -held : held).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = `${held < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
  return { text, type: `decimal(${precision}, ${scale})` };
});
const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });

test('what DuckDB unloads in place of Redshift keeps every digit until it is a row', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unloaded-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const { unload } = warehouseEngine('duckdb');
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(integers, sums, decimals, doubles), { minLength: 30, maxLength: 30 }),
        async (rows) => {
          const selects = rows.map(([id, sum, { text, type }, double], at) => {
            const columns = [
              `cast('${id}' as bigint) as id`,
              `cast('${sum}' as decimal(38, 0)) as sum`,
              `cast('${text}' as ${type}) as amount_${at}`,
              `cast('${double}' as double) as ratio`,
            ];
            return `select ${columns.join(', ')}`;
          });
          const path = join(folder, 'rows.json');
          for (const [at, [id, sum, { text }, double]] of rows.entries()) {
            await connection.run(unload(selects[at] ?? '', path));
            const [row] = (await readFile(path, 'utf8')).trimEnd().split('\n').map(rowReader([]));
            expect(digitsOf(String(row?.id))).toEqual(digitsOf(String(id)));
            expect(digitsOf(String(row?.sum))).toEqual(digitsOf(String(sum)));
            expect(digitsOf(String(row?.[`amount_${at}`]))).toEqual(digitsOf(text));
            expect(Number(row?.ratio) === double).toBe(true);
          }
        },
      ),
      { numRuns: Number(process.env.EXACT_RUNS ?? 5) },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}, 600_000);
