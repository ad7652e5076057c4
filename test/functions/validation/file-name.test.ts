import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { messagesOf, outcomeOf, validate } from './fixture.ts';

const file = 'user_id,track_id,listen_time\n';

describe('names', () => {
  it.each([
    ['data/streams/streams1.csv', 'accepted'],
    ['data/streams/2024/06/streams1.csv', 'accepted'],
    ['data/other/streams1.csv', { directory: 1 }],
    ['data/streamsX/streams1.csv', { directory: 1 }],
    ['data/streams/../tracks/streams1.csv', { directory: 1 }],
    ['data/streams//streams1.csv', { directory: 1 }],
    ['data/streams/re#pair/streams1.csv', { key: 1 }],
    ['data/streams/streams1.csv#repair', { key: 1, extension: 1, name_pattern: 1 }],
    ['data/streams/streams.csv', { name_pattern: 1 }],
    ['data/streams/xstreams1.csv', { name_pattern: 1 }],
    ['data/streams/streams1.csv.bak', { extension: 1, name_pattern: 1 }],
    ['data/streams/streams1.CSV', { extension: 1, name_pattern: 1 }],
    ['data/streams/streams1.txt', { extension: 1, name_pattern: 1 }],
    ['data/streams/streams1.csv\n', { key: 1, extension: 1, name_pattern: 1 }],
  ])('%j', async (key, outcome) => {
    expect(outcomeOf(await validate(file, { key }))).toEqual(outcome);
  });

  it('says what is wrong with a name, and does not validate what is in the file', async () => {
    const validation = await validate('rubbish', { key: 'data/streams/listens.csv' });
    expect(messagesOf(validation)).toEqual([
      '"listens.csv" does not match the name pattern streams[0-9]+.csv',
    ]);
    expect(validation).toMatchObject({
      records: 0,
      sha256: createHash('sha256').update('rubbish').digest('hex'),
    });
  });
});
