import { join } from 'node:path';
import type { Cloud } from '../../local/cloud/index.ts';
import type { CloudFlags } from '../options.ts';
import { answer, notice } from '../output/answer.ts';
import { finishDeployment } from '../target/finish-deployment.ts';
import { openCloud, stopOnSignal } from '../target/open-cloud.ts';
import { portsOf } from '../target/target.ts';

/** Runs the laptop cloud until Ctrl-C; prints its address and writes it to `<state>/cloud.env`. */
export const keepCloud = async (flags: CloudFlags): Promise<void> => {
  const cloud = await openCloud(flags, { withSources: true });
  const stopped = stopOnSignal(cloud);
  const { LAKE_BUCKET = '', LEDGER_TABLE = '' } = cloud.environment;
  await finishDeployment(portsOf({ LAKE_BUCKET, LEDGER_TABLE })).catch(async (cause: unknown) => {
    await cloud.stop();
    throw cause;
  });
  await cloud.sourcesReady.catch(({ message }: Error) => notice(`Songs cannot be pulled: ${message}`));
  answer(flags, { endpoint: cloud.endpoint, environment: cloud.environment }, welcome(cloud, flags.state));
  await stopped;
};

const welcome = ({ endpoint, environment }: Cloud, state: string): string[] => {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  const file = join(state, 'cloud.env');
  return [
    `The laptop cloud is up on ${endpoint}. In another terminal, for any AWS client:`,
    '',
    ...exports,
    '',
    `or, the same from ${file}:  set -a; . ${file.includes('/') ? file : `./${file}`}; set +a`,
    '',
    'Then, for example:',
    '',
    '  aws s3 cp local/sample/streams1.csv s3://$LAKE_BUCKET/data/streams/',
    `  aws dynamodb get-item --table-name $KPI_TABLE --key '{"pk":{"S":"DAY#2024-06-25"},"sk":{"S":"CURRENT"}}'`,
    '',
    `Logs: ${join(state, 'logs')}, one file per function. Ctrl-C stops the cloud.`,
  ];
};
