import { execFile } from 'node:child_process';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkProject } from '../../deploy/check.ts';
import { banking } from '../banking-project.ts';
import { writeProject } from './project.ts';

let root = '';
beforeEach(async () => {
  root = await writeProject({ ...banking, 'tsconfig.json': '{ "compilerOptions": { "noEmit": true } }\n' });
  for (const name of ['biome.json', '.gitignore']) await cp(join(process.cwd(), name), join(root, name));
  await symlink(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  await writeFile(join(root, 'own.ts'), 'export const own: number = 1;\n');
  await promisify(execFile)(join(root, 'node_modules/.bin/biome'), ['format', '--write', '.'], { cwd: root });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const check = async (): Promise<{ isClean: boolean; said: string }> => {
  const lines: string[] = [];
  const isClean = await checkProject(root, (text) => lines.push(text));
  return { isClean, said: lines.join('\n') };
};

const replace = (path: string, before: string, after: string): Promise<void> =>
  writeFile(join(root, path), banking[path]?.replace(before, after) ?? '');

describe('checking a project', { timeout: 180_000 }, () => {
  it('needs nothing that has landed, and writes what dbt reads', async () => {
    const { isClean, said } = await check();
    expect(said).toContain('sql/properties/relations.yml was out of date and has been updated');
    expect(said.split('\n').at(-1)).toBe('No problems');
    expect(isClean).toBe(true);
  });

  it('names mistakes in SQL, format and types in one run, what repairs them, and their number', async () => {
    await replace('sql/kpis/kpi_booking_days.sql', 'sum(amount)', 'sum(amont)');
    await replace('sql/silver/transactions.sql', 'cast(note as', 'cast(nte as');
    await writeFile(join(root, 'own.ts'), "export const own: number = 'one';\n");
    await writeFile(join(root, 'rules/transactions/odd.json'), '{"a":1}');
    const { isClean, said } = await check();
    expect(isClean).toBe(false);
    const [first, second] = said.split('\n');
    expect(first).toMatch(/^sql\/kpis\/kpi_booking_days\.sql:14:\d+ there is no column amont/);
    expect(second).toMatch(/^sql\/silver\/transactions\.sql:8:8 there is no column nte/);
    expect(said).toContain('rules/transactions/odd.json: is not formatted; npm run fix does it');
    expect(said.split('\n')).toHaveLength(6);
    expect(said).toMatch(/own\.ts.*TS2322/);
    expect(said.split('\n').slice(-2)).toEqual([
      'Formatting and simple problems: run npm run fix. The others are listed above with their lines.',
      '4 problems',
    ]);
  });

  it('tries in the engine what only its macros say', async () => {
    const silver = banking['sql/silver/transactions.sql'] ?? '';
    const manifest = JSON.parse(banking['rules/transactions/manifest.json'] ?? '');
    const { delimiter: _, name_pattern: __, ...schema } = manifest.schema;
    const fields = { ...schema.fields, 'tags[]': { type: 'string' } };
    const nested = { ...manifest, schema: { ...schema, extension: '.jsonl', fields } };
    await writeFile(join(root, 'rules/transactions/manifest.json'), `${JSON.stringify(nested, null, 2)}\n`);
    const exploded = (array: string) =>
      silver
        .replace('  cast(note', '  cast(item as varchar(9)) as first_tag,\n  cast(note')
        .replace(
          "{{ source('landed', 'transactions') }}",
          `{{ explode(source('landed', 'transactions'), '${array}') }} as one`,
        );
    await writeFile(join(root, 'sql/silver/transactions.sql'), exploded('tgs'));
    expect((await check()).said).toMatch(
      /^sql\/silver\/transactions\.sql:\d+:\d+ DuckDB rejects it: Binder Error: .*"tgs" .*"tags"/m,
    );
    await writeFile(join(root, 'sql/silver/transactions.sql'), exploded('tags'));
    expect((await check()).said).not.toContain('DuckDB');
  });

  it('takes a view over a mart, and names the file of what the engine does not take', async () => {
    const select = 'select cast(booked_on as date) as booked_on, cast(amount as decimal(12, 2)) as amount';
    const view = `{{ config(materialized='view') }}\n${select} from {{ ref('fact_transactions') }}\n`;
    await mkdir(join(root, 'sql/views'));
    await writeFile(join(root, 'sql/views/bookings.sql'), view);
    expect((await check()).said.split('\n').at(-1)).toBe('No problems');
    await writeFile(join(root, 'sql/macros/odd.sql'), odd);
    await writeFile(join(root, 'sql/views/bookings.sql'), view.replace('amount as', '{{ odd() }} as'));
    const amounts = banking['sql/checks/fact_transactions_amounts.sql'] ?? '';
    await writeFile(
      join(root, 'sql/checks/odd_amounts.sql'),
      amounts.replace('amount = 0', '{{ odd() }} = 0'),
    );
    const { said } = await check();
    expect(said).toMatch(/^sql\/views\/bookings\.sql(:\d+:\d+)? DuckDB rejects it: .*no_such_column/m);
    expect(said).toMatch(/^sql\/checks\/odd_amounts\.sql(:\d+:\d+)? DuckDB rejects it: .*no_such_column/m);
  });
});

/** A mistake that only one engine's text has. */
const odd = `{% macro odd() -%}
{{ 'no_such_column' if target.type == 'duckdb' else 'amount' }}
{%- endmacro %}
`;
