import { describe, expect, test } from 'vitest';
import {
  BatchEvent,
  batchEvent,
  FileEvent,
  fileEvent,
  lookAgain,
  lookAgainFor,
  MartEvent,
  martEvent,
  ObjectCreated,
  RunEnded,
  StatementEnded,
} from '../../../functions/pipeline/events.ts';

const file = { key: 'data/plays/a b.csv', version: 'v1', dataset: 'plays' };

test('says of each of ours what it is about, under its own name', () => {
  expect(FileEvent.parse(fileEvent('File Rejected', file))).toEqual({
    'detail-type': 'File Rejected',
    detail: { dataset: 'plays', file: 'data/plays/a b.csv@v1' },
  });
  expect(BatchEvent.parse(batchEvent('Batch Failed', { dataset: 'plays', id: 'plays-1' }))).toEqual({
    'detail-type': 'Batch Failed',
    detail: { dataset: 'plays', batch: 'plays-1' },
  });
  expect(MartEvent.parse(martEvent('KPIs Published', { mart: 'listening', id: 'listening-1' }))).toEqual({
    'detail-type': 'KPIs Published',
    detail: { mart: 'listening', rebuild: 'listening-1' },
  });
});

test('says of a batch and of a rebuild with which file they began', () => {
  const begun = { id: 'a-1', correlation_id: 'v1' };
  expect(BatchEvent.parse(batchEvent('Batch Failed', { ...begun, dataset: 'a' })).detail).toEqual({
    ...{ dataset: 'a', batch: 'a-1', correlation_id: 'v1' },
  });
  expect(MartEvent.parse(martEvent('KPIs Failed', { ...begun, mart: 'a' })).detail).toEqual({
    ...{ mart: 'a', rebuild: 'a-1', correlation_id: 'v1' },
  });
});

test('reads S3’s event and drops what it does not need', () => {
  const detail = {
    version: '0',
    bucket: { name: 'lake' },
    object: { key: 'data/plays/a b.csv', size: 12, etag: 'e', 'version-id': 'v1', sequencer: '00' },
    reason: 'PutObject',
  };
  expect(ObjectCreated.parse({ source: 'aws.s3', detail })).toEqual({
    detail: { object: { key: 'data/plays/a b.csv', 'version-id': 'v1', size: 12 } },
  });
});

test('rejects an object without a version, and events that nobody announces', () => {
  expect(ObjectCreated.safeParse({ detail: { object: { key: 'a' } } }).success).toBe(false);
  const odd = { ...batchEvent('Batch Failed', { dataset: 'd', id: 'i' }), 'detail-type': 'Odd' };
  expect(BatchEvent.safeParse(odd).success).toBe(false);
  expect(RunEnded.safeParse({ detail: {} }).success).toBe(false);
  expect(StatementEnded.safeParse({ detail: { statementId: 's1' } }).success).toBe(false);
});

describe('the command to look again', () => {
  test('is read by the function that can look at such a thing', () => {
    const command = lookAgain('batch', 'plays-1');
    expect(lookAgainFor('run-transform').parse(command)).toEqual({
      command: 'Look Again',
      kind: 'batch',
      id: 'plays-1',
    });
  });

  test('is rejected by every other', () => {
    expect(lookAgainFor('archive-files').safeParse(lookAgain('batch', 'plays-1')).success).toBe(false);
    expect(lookAgainFor('rebuild-models').safeParse(lookAgain('rebuild', 'm-1')).success).toBe(false);
  });
});
