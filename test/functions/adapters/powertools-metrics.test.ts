import { afterEach, expect, test, vi } from 'vitest';
import { powertoolsMetrics } from '../../../functions/adapters/powertools-metrics.ts';

afterEach(() => vi.restoreAllMocks());

test('writes gauges as one line that CloudWatch reads, with facts that are no metrics', () => {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  powertoolsMetrics('soundcheck-dev').gauges({ KpiAge: 1800, OldestWaiting: 0 }, { kpis: 'listening' });
  vi.restoreAllMocks();
  expect(lines).toHaveLength(1);
  const { _aws, ...values } = JSON.parse(lines[0] ?? '');
  expect(values).toEqual({ service: 'soundcheck', KpiAge: 1800, OldestWaiting: 0, kpis: 'listening' });
  const [metrics] = _aws.CloudWatchMetrics;
  expect(metrics).toMatchObject({ Namespace: 'soundcheck-dev', Dimensions: [['service']] });
  expect(metrics.Metrics.map(({ Name }: { Name: string }) => Name)).toEqual(['KpiAge', 'OldestWaiting']);
});
