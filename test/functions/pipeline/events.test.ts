import { expect, test } from 'vitest';
import {
  afterRun,
  fileEvent,
  ObjectCreated,
  OurEvent,
  objectCreated,
  ourEvent,
  RunEnded,
  runEnded,
  StatementEnded,
  statementEnded,
} from '../../../functions/pipeline/events.ts';

const file = { key: 'data/plays/a b.csv', version: 'v1', dataset: 'plays' };

test('makes events again that read as the first ones did', () => {
  expect(ObjectCreated.parse(objectCreated(file))).toEqual({
    detail: { object: { key: 'data/plays/a b.csv', 'version-id': 'v1' } },
  });
  expect(OurEvent.parse(fileEvent('File Rejected', file))).toEqual({
    'detail-type': 'File Rejected',
    detail: { dataset: 'plays', id: 'data/plays/a b.csv@v1' },
  });
  expect(RunEnded.parse(runEnded('jr_1'))).toEqual({ detail: { jobRunId: 'jr_1' } });
  expect(StatementEnded.parse(statementEnded({ id: 's1', state: 'failed' }, 'app-rebuild-m-1'))).toEqual({
    detail: { statementId: 's1', statementName: 'app-rebuild-m-1' },
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
    detail: { object: { ...objectCreated(file).detail.object, size: 12 } },
  });
});

test('rejects an object without a version, and events that nobody announces', () => {
  expect(ObjectCreated.safeParse({ detail: { object: { key: 'a' } } }).success).toBe(false);
  expect(OurEvent.safeParse({ ...ourEvent('Batch Failed', 'd', 'i'), 'detail-type': 'Odd' }).success).toBe(
    false,
  );
  expect(RunEnded.safeParse({ detail: {} }).success).toBe(false);
  expect(StatementEnded.safeParse({ detail: { statementId: 's1' } }).success).toBe(false);
});

test('names the function that takes up where a run ended', () => {
  expect(afterRun).toEqual({ transform: 'check-quality', quality: 'settle-batch' });
});
