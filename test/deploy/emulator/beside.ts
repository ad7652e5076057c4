import { openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { type JsonService, ServiceError } from '../../../local/cloud/protocol.ts';

/** What runs beside the emulator because it has no such service. */
export type Beside = {
  /** Where the SDK finds these services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Usage limits of the warehouse. */
  readonly limits: readonly object[];
  close(): Promise<void>;
};

const never = (): never => {
  throw new ServiceError('UnknownServiceException', 'it runs on the emulator', 501);
};

const elsewhere: Omit<Services, 'json'> = {
  s3: { handle: never, isBucket: never },
  dynamodb: { handle: never },
  lambda: async () => never(),
  health: () => ({}),
  deploy: async () => ({}),
};

/** Opens Redshift Serverless, as far as a deployment asks it. */
export const openBeside = async (): Promise<Beside> => {
  const limits: object[] = [];
  const gateway = await openGateway({
    services: Promise.resolve({ ...elsewhere, json: { 'redshift-serverless': serverless(limits) } }),
    log: console.error,
  });
  return {
    environment: { AWS_ENDPOINT_URL_REDSHIFT_SERVERLESS: gateway.endpoint },
    limits,
    close: gateway.close,
  };
};

const serverless = (limits: object[]): JsonService => ({
  handle: async (operation, input) => {
    if (operation === 'GetWorkgroup')
      return {
        workgroup: { workgroupArn: `arn:aws:redshift-serverless:::workgroup/${input.workgroupName}` },
      };
    if (operation === 'ListUsageLimits') return { usageLimits: limits };
    if (operation !== 'CreateUsageLimit') throw new ServiceError('ValidationException', operation);
    limits.push({ usageLimitId: 'limit', ...input });
    return {};
  },
  close: async () => {},
});
