/** Two datasets as a shop's API delivers them: users with an array of values, sessions with an array of objects. */
const id = { type: 'string', length: 36, required: true };
const moment = { type: 'timestamp', format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]' };
const text = { type: 'string', max_length: 256 };

export const usersManifest = {
  version: '1.0',
  directory: 'data/users/',
  schema: {
    extension: '.jsonl',
    unknown_fields: 'text',
    fields: {
      user_id: id,
      user_name: { ...text, pii: true },
      'user_location[]': text,
      user_since: { ...moment, required: true },
    },
  },
};

export const sessionsManifest = {
  version: '1.0',
  directory: 'data/sessions/',
  schema: {
    extension: '.json',
    fields: {
      session_id: id,
      'customer.user_id': id,
      session_start_time: { ...moment, required: true },
      'session_items[].song_id': { type: 'string', required: true, max_length: 256 },
      'session_items[].price': { type: 'decimal(10,2)', required: true },
      'session_items[].liked': { type: 'bool' },
    },
  },
};

const lineage = `cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id`;

/** Files of the project that has them. */
export const shop: Readonly<Record<string, string>> = {
  'rules/users/manifest.json': JSON.stringify(usersManifest),
  'rules/users/quality.dqdl': 'Rules = [ IsComplete "user_id" ]\n',
  'sql/silver/users.sql': `-- one row per landed user
{{ config(meta={'key': ['user_id']}) }}

select
  cast(user_id as varchar(36)) as user_id,
  cast(user_name as varchar(256)) as user_name,
  cast({{ element('user_location', 1) }} as decimal(9, 6)) as latitude,
  cast({{ element('user_location', 4) }} as varchar(2)) as country_code,
  cast({{ element('user_location', 6) }} as varchar(64)) as nothing,
  cast(unknown_fields as varchar(65535)) as unknown_fields,
  cast(user_since as timestamp) as user_since,
  ${lineage}
from {{ source('landed', 'users') }}
`,
  'rules/sessions/manifest.json': JSON.stringify(sessionsManifest),
  'rules/sessions/quality.dqdl':
    'Rules = [ IsComplete "session_id", ColumnValues "price" <= 2 where "item_number is not null" ]\n',
  'sql/silver/sessions.sql': `-- one row per item of a landed session; one with neither item nor number for a session without items
{{ config(meta={'key': ['session_id', 'item_number']}) }}

select
  cast(session_id as varchar(36)) as session_id,
  cast(customer.user_id as varchar(36)) as user_id,
  cast(item.song_id as varchar(64)) as song_id,
  cast(item_number as bigint) as item_number,
  cast(item.price as decimal(10, 2)) as price,
  cast(item.liked as boolean) as liked,
  cast(session_start_time as timestamp) as session_start_time,
  ${lineage}
from {{ explode(source('landed', 'sessions'), 'session_items') }} as sessions
`,
};
