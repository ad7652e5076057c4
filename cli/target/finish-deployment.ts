import { type Files, type Functions, lookAgain } from '../../functions/pipeline/index.ts';
import { landManifests } from './manifests.ts';

/** Does what `sls deploy` does after the stack is there: starts the migration of tables, and puts the changed manifests of `rules/`. */
export const finishDeployment = async ({
  files,
  functions,
  stack,
}: {
  readonly files: Files;
  readonly functions: Functions;
  readonly stack: string;
}): Promise<void> => {
  await functions.invoke('migrate-tables', lookAgain('deployment', stack));
  await landManifests(files);
};
