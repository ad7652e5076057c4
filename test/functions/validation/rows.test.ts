import { describe, expect, it } from 'vitest';
import { CsvParser } from '../../../functions/validation/csv/parser.ts';
import { ViolationLog } from '../../../functions/validation/violations.ts';
import { manifestOf, validate } from './fixture.ts';

const good = '26213,4dBa8T7oDV9WvGr7kVS4Ez,2024-06-25 17:43:13\n';
const file = `user_id,track_id,listen_time\n${good}x,t,2024-06-25 17:43:13\n${good}1,t\n${good}`;
const rows = (limits: object = {}) => ({
  schema: { validation: { on_error: 'quarantine_rows', ...limits } },
});

describe('a file with invalid records', () => {
  it('is accepted where they may be quarantined, all records counted', async () => {
    expect(await validate(file, rows())).toMatchObject({
      verdict: 'accepted',
      facts: { records: 5 },
      quarantined: { rows: 2, total: 2, counts: { 'type:user_id': 1, columns: 1 } },
    });
  });

  it.each([
    [{}, 'accepted'],
    [{ max_bad_rows: 2 }, 'accepted'],
    [{ max_bad_rows: 1 }, 'rejected'],
    [{ max_bad_share: 0.4 }, 'accepted'],
    [{ max_bad_share: 0.39 }, 'rejected'],
  ])('with %j is %s', async (limits, verdict) => {
    expect((await validate(file, rows(limits))).verdict).toBe(verdict);
  });

  it('is rejected when none of its records is good', async () => {
    const validation = await validate('user_id,track_id,listen_time\nx,t,2024-06-25 17:43:13\n', rows());
    expect(validation).toMatchObject({ verdict: 'rejected', counts: { no_valid_record: 1 } });
  });

  it('is rejected when a quote that is never closed hides the rest', async () => {
    const validation = await validate(`${file}"1,t,2024-06-25 17:43:13\n${good}`, rows());
    expect(validation).toMatchObject({ verdict: 'rejected', counts: { 'quote:user_id': 1 } });
  });
});

it('tells a listener every record, valid ones as they stand, invalid ones with their violations', () => {
  const told: unknown[] = [];
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  const violations = new ViolationLog();
  const parser = new CsvParser(manifestOf(rows().schema), violations, {
    onHeader: (bytes, columns) => told.push([text(bytes), columns.length]),
    onValid: (bytes) => told.push(text(bytes)),
    onInvalid: ({ line, bytes, fields, violations: found }) =>
      told.push([line, text(bytes), fields, found.map(({ rule, column }) => [rule, column])]),
  });
  parser.write(Buffer.from(file));
  parser.end();
  expect(told).toEqual([
    ['user_id,track_id,listen_time\n', 3],
    good,
    [3, 'x,t,2024-06-25 17:43:13', ['x', 't', '2024-06-25 17:43:13'], [['type', 'user_id']]],
    good,
    [5, '1,t', undefined, [['columns', undefined]]],
    good,
  ]);
  expect(parser).toMatchObject({ records: 5, invalidRecords: 2 });
});

it('says how columns differ in what the manifest allows', async () => {
  const schema = {
    unknown_fields: 'ignore',
    fields_required: false,
    fields: { a: { type: 'int' }, b: { type: 'int' }, c: { type: 'int' } },
  };
  expect(await validate('b,x,a\n1,2,3\n', { schema })).toMatchObject({
    drift: [
      'new column "x", ignored',
      'column "c" is missing, taken as empty',
      'columns stand in another order',
    ],
  });
});
