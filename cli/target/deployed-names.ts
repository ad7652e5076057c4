import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** A stage that cannot be asked for its names. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed';
}

/** Asks the deployed function that validates files for the names of its bucket and its ledger; throws `NotDeployed`. */
export const deployedNames = async (
  stage: string,
): Promise<{ LAKE_BUCKET: string; LEDGER_TABLE: string }> => {
  const FunctionName = `soundcheck-${stage}-validate-landing`;
  const client = new LambdaClient({});
  const asked = client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { Environment } = await asked.catch((cause: Error) => notDeployed(stage, FunctionName, cause));
  client.destroy();
  const { LAKE_BUCKET, LEDGER_TABLE } = Environment?.Variables ?? {};
  if (LAKE_BUCKET && LEDGER_TABLE) return { LAKE_BUCKET, LEDGER_TABLE };
  throw new NotDeployed(`${FunctionName} names no bucket and no ledger`);
};

const notDeployed = (stage: string, name: string, cause: Error): never => {
  const next =
    cause.name === 'ResourceNotFoundException'
      ? `deploy the stage (npx sls deploy --stage ${stage}), or give the region by AWS_REGION`
      : 'give AWS credentials and AWS_REGION, or set LAKE_BUCKET and LEDGER_TABLE and leave --stage out';
  throw new NotDeployed(`stage ${stage} cannot be asked (${name}: ${cause.message}); ${next}`, { cause });
};
