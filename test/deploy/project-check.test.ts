import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import { ProjectProblems } from '../../deploy/sql/problem.ts';
import { banking } from '../banking-project.ts';
import { writeProject } from './project.ts';

let root = '';
afterEach(() => (root === '' ? undefined : rm(root, { recursive: true, force: true })));

/** Lines of all problems of the banking project with changes to its files. */
const problemsWith = async (
  changes: Readonly<Record<string, readonly (readonly [string, string])[]>>,
): Promise<string[]> => {
  const files: Record<string, string> = { ...banking };
  for (const [path, replacements] of Object.entries(changes))
    for (const [before, after] of replacements) {
      expect(files[path] ?? '', path).toContain(before);
      files[path] = before === '' ? after : (files[path]?.replaceAll(before, after) ?? '');
    }
  root = await writeProject(files);
  return renderCatalog(root, 'redshift').then(
    () => [],
    (error: Error) => {
      if (!(error instanceof ProjectProblems)) throw error;
      return error.message.split('\n');
    },
  );
};

const silver = 'sql/silver/transactions.sql';
const staging = 'sql/staging/stg_transactions.sql';
const fact = 'sql/marts/fact_transactions.sql';
const kpi = 'sql/kpis/kpi_booking_days.sql';
const check = 'sql/checks/fact_transactions_amounts.sql';
const manifest = 'rules/transactions/manifest.json';
const rules = 'rules/transactions/quality.dqdl';

const largeDays = (materialized: string, read: string): string => `-- one row per day
{{ config(materialized='${materialized}') }}
select cast(booked_on as date) as booked_on from {{ ref('${read}') }}
`;

describe('a project with mistakes', () => {
  it('has none to begin with', async () => {
    expect(await problemsWith({})).toEqual([]);
  });

  it.each<[string, Parameters<typeof problemsWith>[0], RegExp]>([
    [
      'a field that silver misspells',
      { [silver]: [['cast(account as', 'cast(acount as']] },
      /^sql\/silver\/transactions\.sql:6:8 there is no column acount \(did you mean account\?\)$/m,
    ],
    [
      'a column of silver that Redshift reserves',
      { [silver]: [['as account', 'as tag']] },
      /^sql\/silver\/transactions\.sql:6:3 tag is a reserved word of Redshift: use another name, such as tag_value$/m,
    ],
    [
      'a column of a model that Redshift reserves',
      { [fact]: [['as amount', 'as snapshot']] },
      /^sql\/marts\/fact_transactions\.sql:\d+:\d+ snapshot is a reserved word of Redshift/m,
    ],
    [
      'a field that SQL cannot read',
      { [manifest]: [['"fields": {', '"fields": {\n      "offset": { "type": "int" },']] },
      /^rules\/transactions\/manifest\.json:10:7 schema\.fields\.offset: offset is a word of SQL .*: call the field offset_value and write "from": "offset"$/m,
    ],
    [
      'a file whose name Redshift reserves',
      { 'sql/views/open.sql': [['', largeDays('view', 'fact_transactions')]] },
      /^sql\/views\/open\.sql open is a reserved word of Redshift: give the file another name$/m,
    ],
    [
      'a field that silver does not read',
      { [manifest]: [['"fields": {', '"fields": {\n      "memo": { "type": "string" },']] },
      /^rules\/transactions\/manifest\.json:10:7 schema\.fields\.memo: sql\/silver\/transactions\.sql does not read it: .*'omit': \['memo'\]/m,
    ],
    [
      'an omitted field that is none',
      { [silver]: [['meta={', "meta={'omit': ['notes'], "]] },
      /transactions\.sql:2:\d+ config: omit: notes is not a field of the manifest \(did you mean note\?\)/,
    ],
    [
      'an omitted field that is read',
      { [silver]: [['meta={', "meta={'omit': ['note'], "]] },
      /config: omit: note is read/,
    ],
    [
      'a public column that is none',
      { [silver]: [['meta={', "meta={'public': ['notes'], "]] },
      /transactions\.sql:2:\d+ config: public: notes is not a column of the select \(did you mean note\?\)/,
    ],
    [
      'a public column that is made of no personal field',
      { [silver]: [['meta={', "meta={'public': ['note'], "]] },
      /config: public: note is made of no personal field/,
    ],
    [
      'a public column outside of silver',
      { [fact]: [['meta={', "meta={'public': ['amount'], "]] },
      /fact_transactions\.sql:\d+:\d+ config: public is for sql\/silver\//,
    ],
    [
      'a text of the manifest that silver takes for a number',
      { [silver]: [['cast(note as varchar(1024))', 'cast(note as bigint)']] },
      /transactions\.sql:\d+:3 cast of note: a string of the manifest is not always a bigint/,
    ],
    [
      'a decimal that silver rounds',
      { [silver]: [['cast(amount as decimal(12, 2))', 'cast(amount as decimal(12, 1))']] },
      /cast of amount: a decimal\(12,2\) of the manifest is not always a decimal\(12,1\)/,
    ],
    [
      'a column of silver that staging misspells',
      { [staging]: [['cast(currency as', 'cast(curency as']] },
      /^sql\/staging\/stg_transactions\.sql:\d+:8 there is no column curency \(did you mean currency\?\)/m,
    ],
    [
      'a column of staging that a fact misspells',
      { [fact]: [['  select transaction_id, account,', '  select transaction_id, acount,']] },
      /^sql\/marts\/fact_transactions\.sql:\d+:\d+ there is no column acount \(did you mean account\?\)/m,
    ],
    [
      'types that do not go together in a KPI',
      { [kpi]: [['sum(amount)', 'sum(currency)']] },
      /^sql\/kpis\/kpi_booking_days\.sql:\d+:\d+ sum needs an integer or a decimal or a float, but this is a text/m,
    ],
    [
      'a check on a column that is not there',
      { [check]: [['where amount = 0', 'where ammount = 0']] },
      /^sql\/checks\/fact_transactions_amounts\.sql:\d+:\d+ there is no column ammount \(did you mean amount\?\)/m,
    ],
    [
      'an affected relation that nothing makes',
      {
        [check]: [
          [
            "where_affected('fact_transactions', 'booked_on')",
            "where_affected('fact_transactions', 'account')",
          ],
        ],
      },
      /fact_transactions_amounts\.sql:\d+:\d+ affected_fact_transactions_account does not exist here/,
    ],
    [
      'a KPI key of no column',
      { [kpi]: [['{booked_on}', '{booked_day}']] },
      /kpi_booking_days\.sql:\d+:\d+ config: kpi: booked_day is not a column of the select/,
    ],
    [
      'a KPI that omits no column',
      { [kpi]: [["'omit': ['booked_on']", "'omit': ['bookd_on']"]] },
      /config: kpi: omit: bookd_on is not a column of the select \(did you mean booked_on\?\)/,
    ],
    [
      'a stored view that reads a view',
      {
        'sql/views/large_days.sql': [['', largeDays('view', 'fact_transactions')]],
        'sql/views/huge_days.sql': [['', largeDays('materialized_view', 'large_days')]],
      },
      /huge_days\.sql:\d+:\d+ is a stored view, and reads large_days: it can read tables only/,
    ],
    [
      'a view that reads a stored view',
      {
        'sql/views/large_days.sql': [['', largeDays('materialized_view', 'fact_transactions')]],
        'sql/views/huge_days.sql': [['', largeDays('view', 'large_days')]],
      },
      /huge_days\.sql:\d+:\d+ reads large_days, a stored view/,
    ],
    [
      'a key that is not a column',
      { [fact]: [["'key': ['transaction_id', 'booked_at']", "'key': ['transaction', 'booked_at']"]] },
      /fact_transactions\.sql:\d+:\d+ config: transaction is not a column of the select \(did you mean transaction_id\?\)/,
    ],
    [
      'a list of a KPI that is joined by another type',
      {
        [kpi]: [
          [
            "'omit': ['booked_on']",
            "'omit': ['booked_on'], 'lists': [{'from': 'kpi_largest', 'as': 'largest', 'by': ['currency'], 'order': 'amount'}]",
          ],
        ],
        'sql/kpis/kpi_largest.sql': [
          [
            '',
            `-- one row per day
{{ config(meta={'key': ['booked_on'], 'partition': 'booked_on'}) }}
select cast(booked_on as date) as booked_on, cast(1 as bigint) as currency, cast(max(amount) as decimal(12, 2)) as amount
from {{ ref('fact_transactions') }}
group by booked_on
`,
          ],
        ],
      },
      /kpi_booking_days\.sql:\d+:\d+ config: currency is varchar\(3\) here, and currency of kpi_largest, which it is compared with, is bigint/,
    ],
    [
      'a partition that silver does not have',
      { [silver]: [["'order': ['booked_at']", "'order': ['booked_at'], 'partition': 'days(booked)'"]] },
      /transactions\.sql:2:\d+ config: booked is not a column of the select \(did you mean booked_at\?\)/,
    ],
    [
      'a partition that is none',
      { [silver]: [["'order': ['booked_at']", "'order': ['booked_at'], 'partition': 'weeks(booked_at)'"]] },
      /config: partition: weeks\(booked_at\) must be years/,
    ],
    [
      'a rule on a column that silver does not have',
      { [rules]: [['IsComplete "account"', 'IsComplete "acount"']] },
      /quality\.dqdl:\d+:\d+ transactions has no column "acount"; did you mean "account"\?/,
    ],
    [
      'a manifest that contradicts itself, at its line',
      { [manifest]: [['"USD"', '"US"']] },
      /manifest\.json:\d+:\d+ schema\.fields\.currency\.one_of: "US" is never accepted: it has 2 characters/,
    ],
  ])('is told of %s, where it stands', async (_, changes, message) => {
    const problems = await problemsWith(changes);
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  it('is told of all of them at once, in order of files and lines', async () => {
    const problems = await problemsWith({
      [silver]: [
        ['cast(account as', 'cast(acount as'],
        ['cast(booked_at as timestamp)', 'cast(boked_at as timestamp)'],
      ],
      [kpi]: [['sum(amount)', 'sum(amont)']],
      [check]: [['where amount = 0', 'where amount = x']],
      [rules]: [['IsComplete "account"', 'IsComplete "acount"']],
    });
    expect(problems.map((problem) => problem.replace(/^(\S+?):\d+:\d+ .*/, '$1'))).toEqual([
      rules,
      check,
      kpi,
      silver,
      silver,
    ]);
  });
});
