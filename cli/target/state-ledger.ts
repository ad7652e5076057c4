import { join } from 'node:path';
import { dynamoLedger } from '../../functions/adapters/dynamo-ledger.ts';
import type { Ledger } from '../../functions/pipeline/index.ts';
import {
  clientEnvironment,
  openDynamo,
  openGateway,
  ServiceError,
  type Services,
} from '../../local/cloud/index.ts';
import { lockState } from '../../local/state/index.ts';
import { cloudEnvironment, runningCloud } from './running-cloud.ts';

/** Reads the ledger of a state with or without a running cloud; without one, this process locks the state for that time. */
export const withLedger = async <Answer>(
  state: string,
  work: (ledger: Ledger) => Promise<Answer>,
): Promise<Answer> => {
  const running = await runningCloud(state);
  if (running) return ask(running, work);
  const unlock = await lockState(state);
  try {
    return await onTables(state, work);
  } finally {
    unlock();
  }
};

const onTables = async <Answer>(
  state: string,
  work: (ledger: Ledger) => Promise<Answer>,
): Promise<Answer> => {
  const dynamodb = await openDynamo(join(state, 'dynamo'));
  const services = Promise.resolve({ ...nothingElse, dynamodb });
  const gateway = await openGateway({ services, log: () => {} });
  try {
    const { LEDGER_TABLE = '' } = await cloudEnvironment(state);
    return await ask({ ...clientEnvironment(gateway.endpoint), LEDGER_TABLE }, work);
  } finally {
    await gateway.close();
    await dynamodb.close();
  }
};

const ask = <Answer>(
  environment: Readonly<Record<string, string>>,
  work: (ledger: Ledger) => Promise<Answer>,
): Promise<Answer> => {
  Object.assign(process.env, environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  return work(dynamoLedger(environment.LEDGER_TABLE ?? ''));
};

const never = (): never => {
  throw new ServiceError('UnknownServiceException', 'only the tables can be used', 501);
};

const nothingElse: Omit<Services, 'dynamodb'> = {
  s3: { handle: never, isBucket: () => false },
  lambda: async () => never(),
  json: {},
  health: () => ({}),
  deploy: async () => never(),
};
