import type { Relation, Row } from './engines/engine.ts';
import { landedRelation } from './landed-rows.ts';

/** Landed rows of the shop's datasets and what its silver makes of them: arrays that are full, short, empty and missing. */
const lineage = (landed: Relation, at: number): Row => {
  const { landed_file, landed_version, landed_at, batch_id } = landed.rows[at] ?? {};
  return { landed_file, landed_version, landed_at, batch_id };
};

const landedUsers = landedRelation(
  'users',
  {
    user_id: 'varchar',
    user_name: 'varchar',
    user_location: 'varchar[]',
    user_since: 'varchar',
    unknown_fields: 'varchar',
  },
  [
    {
      user_id: 'u1',
      user_name: 'Ann "Ä" 😀',
      user_location: ['40.7128', '-74.006000', 'New York', 'US'],
      user_since: '2020-02-29T10:00:00.5',
      unknown_fields: '{"tier": "gold"}',
    },
    {
      user_id: 'u2',
      user_name: null,
      user_location: [],
      user_since: '0001-01-01T00:00:00',
      unknown_fields: null,
    },
    {
      user_id: 'u3',
      user_name: 'C',
      user_location: null,
      user_since: '9999-12-31T23:59:59.999999',
      unknown_fields: null,
    },
    {
      user_id: 'u4',
      user_name: 'D',
      user_location: [null, '1'],
      user_since: '2020-02-29T10:00:00',
      unknown_fields: null,
    },
  ],
);

const nowhere = { latitude: null, country_code: null, nothing: null, unknown_fields: null };
const silverUsers: readonly Row[] = [
  {
    ...{ user_id: 'u1', user_name: 'Ann "Ä" 😀', latitude: '40.712800', country_code: 'US', nothing: null },
    ...{ unknown_fields: '{"tier": "gold"}', user_since: '2020-02-29 10:00:00.500000' },
  },
  { user_id: 'u2', user_name: null, ...nowhere, user_since: '0001-01-01 00:00:00.000000' },
  { user_id: 'u3', user_name: 'C', ...nowhere, user_since: '9999-12-31 23:59:59.999999' },
  { user_id: 'u4', user_name: 'D', ...nowhere, user_since: '2020-02-29 10:00:00.000000' },
].map((row, at) => ({ ...row, ...lineage(landedUsers, at) }));

const start = '2024-06-25T10:00:00.000001';
const landedSessions = landedRelation(
  'sessions',
  {
    session_id: 'varchar',
    customer: 'struct(user_id varchar)',
    session_start_time: 'varchar',
    session_items: 'struct(song_id varchar, price varchar, liked varchar)[]',
  },
  [
    {
      session_id: 's1',
      customer: { user_id: 'u1' },
      session_start_time: start,
      session_items: [
        { song_id: 'a', price: '99999999.99', liked: 'true' },
        null,
        { song_id: 'b', price: '-0.5', liked: null },
      ],
    },
    { session_id: 's2', customer: { user_id: null }, session_start_time: start, session_items: [] },
    { session_id: 's3', customer: null, session_start_time: start, session_items: null },
  ],
);

const empty = { user_id: null, song_id: null, item_number: null, price: null, liked: null };
const silverSessions: readonly Row[] = [
  [0, { session_id: 's1', user_id: 'u1', song_id: 'a', item_number: '1', price: '99999999.99', liked: true }],
  [0, { ...empty, session_id: 's1', user_id: 'u1', item_number: '2' }],
  [0, { session_id: 's1', user_id: 'u1', song_id: 'b', item_number: '3', price: '-0.50', liked: null }],
  [1, { ...empty, session_id: 's2' }],
  [2, { ...empty, session_id: 's3' }],
].map(([at, row]) => ({
  ...Object(row),
  session_start_time: '2024-06-25 10:00:00.000001',
  ...lineage(landedSessions, Number(at)),
}));

export const shopRows = {
  users: { landed: landedUsers, rows: silverUsers },
  sessions: { landed: landedSessions, rows: silverSessions },
} as const;
