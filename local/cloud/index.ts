/**
 * The laptop cloud: S3, DynamoDB, EventBridge, Lambda, Glue, Firehose, Secrets Manager and the Redshift Data API on one port, deployed
 * from the project's own template. It runs the functions unchanged, each with the permissions of its role (`access/`), and does not depend on what
 * they do. Start with `cloud.ts`, then read the folder of one service.
 */

export { catalogOfState } from './build/build.ts';
export { type Cloud, startCloud } from './cloud.ts';
export { openDynamo } from './dynamo/dynamo.ts';
export { clientEnvironment } from './environment.ts';
export { type Chaos, parseChaos, parseDuration } from './events/chaos.ts';
export { bundleFunctions } from './functions/bundle.ts';
export { openGateway, type Services } from './gateway.ts';
export { ServiceError } from './protocol.ts';
export { openQueues } from './queues.ts';
export { parseUnload } from './redshift-data/unload.ts';
export type { Examined } from './s3/examine.ts';
export { type LocalS3, openS3 } from './s3/s3.ts';
export { openSecrets } from './secrets.ts';
export { type Engine, engineOfState, engines, findEngine, usualEngine } from './state-engine.ts';
export { damageOfStores } from './store/index.ts';
