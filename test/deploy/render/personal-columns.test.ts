import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderCatalog } from '../../../deploy/render/render.ts';
import type { Model } from '../../../functions/warehouse/model.ts';
import { copyProject } from '../project.ts';

const check = (select: string, from: string): string => `-- one row per oddity
{{ config(severity='warn') }}
${select}
final as (
  select cast(subject as varchar(1024)) as subject, cast(detail as varchar(4096)) as detail from ${from}
)
select * from final
`;

let root: string;
let models: ReadonlyMap<string, Model>;
beforeAll(async () => {
  root = await copyProject({
    'rules/towns/manifest.json': JSON.stringify({
      version: '1.0',
      directory: 'data/towns/',
      schema: {
        extension: '.jsonl',
        name_pattern: 'towns.jsonl',
        fields: { id: { type: 'int' }, 'place[]': { type: 'string', pii: true } },
      },
    }),
    'rules/towns/quality.dqdl': 'Rules = [ RowCount > 0 ]\n',
    'sql/silver/towns.sql': `-- one row per landed town
{{ config(meta={'key': ['id'], 'public': ['country']}) }}
select
  cast(id as bigint) as id,
  cast({{ element('place', 1) }} as varchar(64)) as street,
  cast({{ element('place', 2) }} as varchar(64)) as country,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'towns') }}
`,
    'sql/staging/stg_towns.sql': `-- one row per town
select
  cast(id as bigint) as id, cast(street as varchar(64)) as street, cast(country as varchar(64)) as country,
  cast(landed_at as timestamp) as landed_at, cast(landed_file as varchar(1024)) as landed_file
from {{ source('silver', 'towns') }}
`,
    'sql/marts/dim_towns.sql': `-- one row per town
{{ config(materialized='table', meta={'key': ['id'], 'mart': 'places'}) }}
with ranked as (
  select id, street, country, row_number() over (partition by id order by landed_at desc, landed_file desc, street) as recency
  from {{ ref('stg_towns') }}
)
select cast(id as bigint) as id, cast(street as varchar(64)) as street, cast(country as varchar(64)) as country
from ranked
where recency = 1
`,
    'sql/checks/renamed.sql': check(
      `with people as (select user_id as subject, lower(user_name) as about from {{ ref('dim_listeners') }}),
named as (select subject, 'is called ' || about as detail from people),`,
      'named',
    ),
    'sql/checks/united.sql': check(
      `with people as (
  select user_country as subject, 'x' as detail from {{ ref('dim_listeners') }}
  union all
  select user_name, 'y' from {{ ref('dim_listeners') }}
),`,
      'people',
    ),
    'sql/checks/counted.sql': check(
      `with people as (
  select user_country as subject, cast(count(user_name) as varchar(20)) as detail
  from {{ ref('dim_listeners') }}
  group by user_country
),`,
      'people',
    ),
  });
  const { marts } = await renderCatalog(root, 'duckdb');
  models = new Map(Object.values(marts).flatMap((mart) => mart.models.map((model) => [model.name, model])));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  ['stg_listeners', ['user_name']],
  ['dim_listeners', ['user_name']],
  ['dim_tracks', []],
  ['dim_towns', ['street']],
  ['fact_listens', []],
  ['renamed', ['detail']],
  ['united', ['subject']],
  ['counted', []],
])('%s has as columns that may be personal: %j', (name, personal) => {
  expect(models.get(name)?.personal).toEqual(personal);
});
