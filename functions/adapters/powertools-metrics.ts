import { MetricUnit, Metrics as Powertools } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../pipeline/index.ts';

/** Writes gauges to the log in the embedded metric format, from which CloudWatch makes metrics of the namespace. */
export const powertoolsMetrics = (namespace: string): Metrics => ({
  gauges: (values, facts = {}) => {
    const metrics = new Powertools({ namespace, serviceName: 'soundcheck' });
    for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.NoUnit, value);
    for (const [name, fact] of Object.entries(facts)) metrics.addMetadata(name, fact);
    metrics.publishStoredMetrics();
  },
});
