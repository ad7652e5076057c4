import { expect, test } from 'vitest';
import { composeMigration, type Found } from '../../../../functions/warehouse/migration/migration.ts';
import type { Mart, Model } from '../../../../functions/warehouse/model.ts';
import { simulatedCatalog } from '../../../simulation/catalog.ts';

const listening = simulatedCatalog.marts.listening as Mart;
const view = {
  ...{ name: 'days', kind: 'view', mart: 'listening', stored: true, path: 'sql/views/days.sql', hash: 'one' },
  ...{ sql: 'select listen_date from gold.fact_plays', columns: [{ name: 'listen_date', type: 'date' }] },
  ...{ key: [], refs: [], sources: [], personal: [] },
} as unknown as Model;
const mart: Mart = { ...listening, models: [...listening.models, view] };

const run = { migration: 'listening-2', seq: 2, target: 'redshift', silver: 'silver' } as const;
const statements = (tables: Found['tables'], previous?: ReturnType<typeof composeMigration>['applied']) =>
  composeMigration(mart, { ...run, found: { tables, roles: [] }, previous }).transactions.flat();
const { applied } = composeMigration(mart, { ...run, found: { tables: {}, roles: [] } });
const there = { fact_plays: ['listen_date'], days: ['listen_date'] };
const created = (found: Found['tables']) =>
  statements(found, applied).filter((statement) =>
    /^create (?:table if not exists gold\.fact|mat)/.test(statement),
  );

test('creates again only what was dropped, and has the rows of a table computed from scratch', () => {
  expect(created(there)).toEqual([]);
  expect(created({ days: there.days })).toEqual([
    expect.stringMatching(/^create table if not exists gold\.fact_plays /),
  ]);
  expect(statements({ days: there.days }, applied)).toContainEqual(
    expect.stringMatching(/^delete from gold\.applied_inputs .*'fact_plays'/),
  );
  expect(created({ fact_plays: there.fact_plays })).toEqual([
    expect.stringMatching(/^create materialized view gold\.days /),
  ]);
});
