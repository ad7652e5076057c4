import { join } from 'node:path';
import { landManifests } from './landing.ts';
import { type CloudFlags, openCloud, stopOnSignal } from './options.ts';

/** Keeps the laptop cloud up until Ctrl-C, its address printed and written to `<state>/cloud.env`. */
export const keepCloud = async (flags: CloudFlags): Promise<void> => {
  const cloud = await openCloud(flags);
  const stopped = stopOnSignal(cloud);
  await landManifests(cloud.environment.LAKE_BUCKET ?? '');
  const exports = Object.entries(cloud.environment).map(([name, value]) => `export ${name}=${value}`);
  console.log(
    [
      `The laptop cloud is up on ${cloud.endpoint}. In another terminal:`,
      '',
      ...exports,
      '',
      `The same lines lie in ${join(flags.state, 'cloud.env')}. Then, with any AWS client:`,
      '',
      '  aws s3 cp streams1.csv s3://$LAKE_BUCKET/data/streams/',
      `  aws dynamodb get-item --table-name $KPI_TABLE --key '{"pk":{"S":"DAY#2024-06-25"},"sk":{"S":"CURRENT"}}'`,
      '',
      `Logs: ${join(flags.state, 'logs')}, a file a function. Ctrl-C ends it.`,
    ].join('\n'),
  );
  await stopped;
};
