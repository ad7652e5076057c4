import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { documentProject } from '../../../deploy/describe/documentation.ts';
import { pageOf } from '../../../deploy/describe/page.ts';
import { renderProject } from '../../../deploy/render/render.ts';
import { ProjectProblems } from '../../../deploy/sql/problem.ts';
import { banking } from '../../banking-project.ts';
import { writeProject } from '../project.ts';

const path = 'sql/descriptions/banking.yml';

const complete = `models:
  - name: fact_transactions
    description: What was booked.
    meta:
      rules:
        - A transaction without an amount is an error
    columns:
      - name: transaction_id
        description: Id of the transaction.
      - name: account
        description: Number of the account.
      - name: currency
        description: Currency of the amount.
      - name: note
        description: What the customer wrote.
      - name: amount
        description: The amount booked.
        meta: { unit: EUR or USD }
      - name: booked_at
        description: When it was booked.
      - name: booked_on
        description: Day of the booking.
columns:
  - name: landed_file
    description: The file.
`;

let root = '';
afterEach(() => rm(root, { recursive: true, force: true }));

/** The problems of the bank's project with a file of descriptions, one line each. */
const problemsWith = async (
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<string[]> => {
  root = await writeProject({ ...banking, [path]: text, ...others });
  return renderProject(root).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof ProjectProblems)) throw error;
      return error.message.split('\n');
    },
  );
};

/** The line of the fact's file with a text. */
const lineOf = (text: string): number => {
  const lines = banking['sql/marts/fact_transactions.sql']?.split('\n') ?? [];
  return lines.findIndex((line) => line.includes(text)) + 1;
};

const without = (text: string): string => complete.replace(text, '');

describe('descriptions', () => {
  test('that are complete have no problems, and are on the page and in what dbt reads', async () => {
    expect(await problemsWith(complete)).toEqual([]);
    const page = await readFile(join(root, 'docs/warehouse.md'), 'utf8');
    expect(page).toContain(
      'One row per transaction: of repeats the one that landed last.\n\nWhat was booked.',
    );
    expect(page).toContain(
      '| `amount` | decimal(12,2) | EUR or USD | The amount booked. | stg_transactions.amount |',
    );
    expect(page).toContain('| `account` | varchar(64) |  | Number of the account. Personal data. |');
    expect(page).toContain('Rules:\n\n- A transaction without an amount is an error.');
    expect(page).toContain(
      '- [fact_transactions_amounts](../sql/checks/fact_transactions_amounts.sql) (error) finds one row per transaction of nothing',
    );
    const properties = await readFile(join(root, 'sql/properties/relations.yml'), 'utf8');
    expect(properties).toContain(
      '      - name: amount\n        description: The amount booked.\n        data_type: decimal(12,2)\n        config:\n          meta:\n            unit: EUR or USD\n',
    );
    expect(properties).toContain(
      'description: "one row per transaction: of repeats the one that landed last. What was booked."',
    );
    expect(properties).toContain('- A transaction without an amount is an error');
  });

  test('are inherited by a column that is passed on, with their unit', async () => {
    await problemsWith(complete);
    const { relations } = await documentProject(root);
    const kpi = relations.find(({ name }) => name === 'kpi_booking_days');
    expect(kpi?.columns.map(({ name, description, unit }) => [name, description, unit])).toEqual([
      ['booked_on', 'Day of the booking.', undefined],
      ['currency', 'Currency of the amount.', undefined],
      ['bookings', undefined, undefined],
      ['amount', undefined, undefined],
    ]);
  });

  test('need not exist: relations that no file names are noted', async () => {
    root = await writeProject({ ...banking, [path]: complete });
    expect(await renderProject(root)).toContain(
      'sql/descriptions note: columns of transactions, stg_transactions, kpi_booking_days have no description (docs/models.md, "Descriptions")',
    );
    await rm(join(root, 'sql/descriptions'), { recursive: true });
    expect(await renderProject(root)).toContain(
      'columns of transactions, stg_transactions, fact_transactions, kpi_booking_days have no description',
    );
  });

  test('that are missing in a described relation are named with the line of the column', async () => {
    expect(await problemsWith(without('\n        description: Currency of the amount.'))).toEqual([
      `sql/marts/fact_transactions.sql:${lineOf('as currency')}:5 currency has no description: add it to fact_transactions in ${path}`,
    ]);
    await rm(root, { recursive: true });
    expect(await problemsWith(without('\n        meta: { unit: EUR or USD }'))).toEqual([
      `sql/marts/fact_transactions.sql:${lineOf('as amount')}:5 amount has no unit: add it to fact_transactions in ${path}`,
    ]);
    await rm(root, { recursive: true });
    const amount =
      '      - name: amount\n        description: The amount booked.\n        meta: { unit: EUR or USD }\n';
    expect(await problemsWith(without(amount))).toEqual([
      `sql/marts/fact_transactions.sql:${lineOf('as amount')}:5 amount has no description and no unit: add it to fact_transactions in ${path}`,
    ]);
  });

  test('that are missing are named once, where the column comes from', async () => {
    const kpi = `  - name: kpi_booking_days
    columns:
      - name: bookings
        description: Number of transactions.
      - name: amount
        description: Sum of the amounts.
        meta: { unit: EUR or USD }
columns:
`;
    const both = complete.replace('columns:\n  - name: landed', `${kpi}  - name: landed`);
    expect(await problemsWith(both.replace('\n        description: Currency of the amount.', ''))).toEqual([
      `sql/marts/fact_transactions.sql:${lineOf('as currency')}:5 currency has no description: add it to fact_transactions in ${path}`,
    ]);
  });

  test('that name what does not exist are named with their line', async () => {
    expect(
      await problemsWith(
        complete
          .replace('- name: note', '- name: nte')
          .replace(
            'columns:\n  - name: landed_file',
            'columns:\n  - name: nowhere\n    description: No.\n  - name: landed_file',
          )
          .replace('models:', 'models:\n  - name: fact_transaction'),
      ),
    ).toEqual([
      `${path}:2:11 there is no model fact_transaction (did you mean fact_transactions?)`,
      `${path}:15:15 fact_transactions has no column nte (did you mean note?)`,
      `${path}:25:11 no model has a column nowhere`,
      `sql/marts/fact_transactions.sql:${lineOf('as note')}:5 note has no description: add it to fact_transactions in ${path}`,
    ]);
  });

  test('that are there twice are named with both places', async () => {
    const twice =
      'models:\n  - name: fact_transactions\n    columns:\n      - name: note\n      - name: note\n';
    expect(await problemsWith(complete, { 'sql/descriptions/more.yml': twice })).toEqual([
      'sql/descriptions/more.yml:2:11 fact_transactions is described twice: also in sql/descriptions/banking.yml:2',
      'sql/descriptions/more.yml:5:15 note is described twice: also in sql/descriptions/more.yml:4',
    ]);
  });

  test('that repeat the text of the column that is passed on are to be removed', async () => {
    const copied = `  - name: kpi_booking_days
    columns:
      - name: currency
        description: Currency of the amount.
      - name: bookings
        description: Number of transactions.
      - name: amount
        description: Sum of the amounts.
        meta: { unit: that of currency }
columns:
`;
    expect(
      await problemsWith(complete.replace('columns:\n  - name: landed', `${copied}  - name: landed`)),
    ).toEqual([`${path}:25:15 currency has this text from fact_transactions.currency: remove it here`]);
  });

  test('with words that the format does not have, and files that are no YAML, are named with their line', async () => {
    expect(
      await problemsWith(complete.replace('    description: What was booked.', '    grain: one')),
    ).toEqual([`${path}:2:5 models.0: has unknown keys grain`]);
    await rm(root, { recursive: true });
    const [problem, ...more] = await problemsWith('models:\n  - name: "fact\n');
    expect(problem).toMatch(/^sql\/descriptions\/banking\.yml:\d+:\d+ Missing closing "quote/);
    expect(more).toEqual([]);
  });

  test('of a model without a comment are not complete', async () => {
    const fact = banking['sql/marts/fact_transactions.sql']?.replace(/^--.*\n/, '') ?? '';
    expect(await problemsWith(complete, { 'sql/marts/fact_transactions.sql': fact })).toEqual([
      'sql/marts/fact_transactions.sql:1 begins with no comment that says what one row is',
    ]);
  });
});

describe('the page', () => {
  test('that is out of date is a problem of the check, which leaves it as it is', async () => {
    root = await writeProject({ ...banking, [path]: complete });
    await expect(renderProject(root, { isCheck: true })).resolves.not.toContain('docs/warehouse.md');
    expect(await renderProject(root)).toContain('docs/warehouse.md was out of date and has been updated');
    await expect(renderProject(root, { isCheck: true })).resolves.not.toContain('docs/warehouse.md');
    await writeFile(join(root, path), complete.replace('What was booked', 'What was paid'));
    const page = await readFile(join(root, 'docs/warehouse.md'), 'utf8');
    const line = page.split('\n').indexOf('What was booked.') + 1;
    await expect(renderProject(root, { isCheck: true })).rejects.toThrow(
      `docs/warehouse.md:${line} is out of date: run npm run render and commit it`,
    );
    expect(await readFile(join(root, 'docs/warehouse.md'), 'utf8')).toBe(page);
    await renderProject(root);
    await expect(renderProject(root, { isCheck: true })).resolves.toContain('Rendered');
  });

  test('names the source of a dataset, and a table of its database', async () => {
    const source = {
      version: '1',
      kind: 'postgres',
      host: 'db.example',
      database: 'bank',
      schema: 'core',
      table: 'bookings',
      order: ['transaction_id'],
      snapshot: true,
      auth: { kind: 'rds_iam' },
      user: 'reader',
    };
    const manifest = banking['rules/transactions/manifest.json'] ?? '';
    const asLines = manifest.replaceAll('.csv', '.jsonl').replace(/\n *"delimiter".*/, '');
    root = await writeProject({
      ...banking,
      'rules/transactions/manifest.json': asLines,
      'rules/transactions/source.json': JSON.stringify(source),
    });
    expect(pageOf(await documentProject(root))).toContain('(["transactions<br>PostgreSQL core.bookings"])');
    await writeFile(
      join(root, 'rules/transactions/source.json'),
      '{"version": "1", "kind": "rest", "url": "https://api.example", "records": "$", "snapshot": true}',
    );
    expect(pageOf(await documentProject(root))).toContain('- Source: REST API. [Manifest]');
    await rm(join(root, 'rules/transactions/source.json'));
    expect(pageOf(await documentProject(root))).toContain(
      '- Source: files in data/transactions/. [Manifest]',
    );
  });

  test('shows a model of several marts once, and a dataset that no mart reads', async () => {
    const names = (page: string) => [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    const calendar = await readFile('sql/marts/dim_date.sql', 'utf8');
    root = await writeProject({ ...banking, 'sql/marts/dim_date.sql': calendar });
    expect(names(pageOf(await documentProject(root))).filter((name) => name === 'dim_date')).toHaveLength(1);
    for (const name of [
      'staging/stg_transactions',
      'marts/fact_transactions',
      'kpis/kpi_booking_days',
      'checks/fact_transactions_amounts',
    ])
      await rm(join(root, 'sql', `${name}.sql`));
    await mkdir(join(root, 'docs'), { recursive: true });
    const page = pageOf(await documentProject(root));
    expect(page).toContain('## Read by no mart\n\n### transactions\n');
  });
});
