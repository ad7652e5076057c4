import { lambdaEnvironment } from '../../functions/adapters/lambda-environment.ts';
import { functionName, stackOf } from '../../functions/pipeline/index.ts';

/** A stage whose names cannot be found. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed';
}

/** Asks the deployed validating function for the names of its bucket and its ledger; throws `NotDeployed`. */
export const deployedNames = async (
  stage: string,
): Promise<{ LAKE_BUCKET: string; LEDGER_TABLE: string }> => {
  const name = functionName(stackOf(stage), 'validate-landing');
  const environment = await lambdaEnvironment(name).catch((cause: Error) => unasked(stage, name, cause));
  if (!environment)
    throw new NotDeployed(
      `stage ${stage} cannot be asked (there is no function ${name}); deploy the stage (npx sls deploy --stage ${stage}), or set AWS_REGION`,
    );
  const { LAKE_BUCKET, LEDGER_TABLE } = environment;
  if (LAKE_BUCKET && LEDGER_TABLE) return { LAKE_BUCKET, LEDGER_TABLE };
  throw new NotDeployed(`${name} names no bucket and no ledger`);
};

const unasked = (stage: string, name: string, cause: Error): never => {
  throw new NotDeployed(
    `stage ${stage} cannot be asked (${name}: ${cause.message}); give AWS credentials and AWS_REGION, or set LAKE_BUCKET and LEDGER_TABLE and leave --stage out`,
    { cause },
  );
};
