import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A copy of the project's rules and SQL in a temporary folder, with some files written over or, if undefined, removed. */
export const copyProject = async (files: Readonly<Record<string, string | undefined>>): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'soundcheck-project-'));
  for (const folder of ['rules', 'sql'])
    await cp(join(process.cwd(), folder), join(root, folder), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (content === undefined) await rm(join(root, path));
    else await writeFile(join(root, path), content);
  }
  return root;
};

/** A dataset of another domain: weather stations, and a dimension made of them. */
export const weather: Readonly<Record<string, string>> = {
  'rules/stations/manifest.json': JSON.stringify({
    version: '1.0',
    directory: 'data/stations/',
    schema: {
      extension: '.csv',
      name_pattern: 'stations.csv',
      fields: { code: { type: 'string', required: true }, altitude: { type: 'decimal(8,2)' } },
    },
  }),
  'rules/stations/quality.dqdl': 'Rules = [ IsComplete "code", RowCount > 0 ]\n',
  'sql/silver/stations.sql': `-- one row per landed station
{{ config(meta={'key': ['code']}) }}
select
  cast(code as varchar(16)) as code,
  cast(altitude as decimal(8, 2)) as altitude,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'stations') }}
`,
  'sql/staging/stg_stations.sql': `-- one row per published station
select
  cast(code as varchar(16)) as code,
  cast(altitude as decimal(8, 2)) as altitude,
  cast(landed_at as timestamp) as landed_at,
  cast(landed_file as varchar(1024)) as landed_file
from {{ source('silver', 'stations') }}
`,
  'sql/marts/dim_stations.sql': `-- one row per station
{{ config(materialized='table', meta={'key': ['code']}) }}
with ranked as (
  select code, altitude, row_number() over (partition by code order by landed_at desc, landed_file desc) as recency
  from {{ ref('stg_stations') }}
)
select cast(code as varchar(16)) as code, cast(altitude as decimal(8, 2)) as altitude
from ranked
where recency = 1
`,
};
