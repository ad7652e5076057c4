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
  ['fact_listens', []],
  ['renamed', ['detail']],
  ['united', ['subject']],
  ['counted', []],
])('%s has as columns that may be personal: %j', (name, personal) => {
  expect(models.get(name)?.personal).toEqual(personal);
});
