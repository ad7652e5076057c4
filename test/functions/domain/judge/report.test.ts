import { expect, it } from 'vitest';
import { renderReport } from '../../../../functions/domain/judge/report.ts';
import { judge } from './judge-fixture.ts';

it('tells what, under which manifest, and everything that was found', async () => {
  const judgement = await judge('user_id,track_id,listen_time\n12.0,x,2024-06-25 17:43:13\n');
  if (judgement.verdict !== 'rejected') throw new Error('the file is good');
  const file = { key: 'data/streams/streams1.csv', version: 'v1', dataset: 'streams' };
  const judged_at = '2026-11-21T02:00:00.000Z';
  const report = renderReport({
    file,
    manifest: { version: '1.0' },
    manifest_sha256: 'abc',
    judgement,
    judged_at,
  });
  expect(report).toEqual({
    file: 'data/streams/streams1.csv',
    version: 'v1',
    dataset: 'streams',
    verdict: 'rejected',
    judged_at,
    manifest: { version: '1.0', sha256: 'abc' },
    records: 1,
    findings_total: 1,
    counts: { 'type:user_id': 1 },
    findings: judgement.findings,
  });
});
