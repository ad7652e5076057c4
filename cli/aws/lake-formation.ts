import { GetDataLakeSettingsCommand, LakeFormationClient } from '@aws-sdk/client-lakeformation';

const everyone = 'IAM_ALLOWED_PRINCIPALS';

/**
 * True if the account no longer gives new databases and tables to everyone whom IAM allows: then permissions of IAM are not enough,
 * and each role needs grants of Lake Formation.
 */
export const governsTables = async (): Promise<boolean> => {
  const client = new LakeFormationClient({});
  try {
    const { DataLakeSettings } = await client.send(new GetDataLakeSettingsCommand({}));
    const { CreateDatabaseDefaultPermissions = [], CreateTableDefaultPermissions = [] } =
      DataLakeSettings ?? {};
    return ![CreateDatabaseDefaultPermissions, CreateTableDefaultPermissions].every((defaults) =>
      defaults.some(
        ({ Principal, Permissions = [] }) =>
          Principal?.DataLakePrincipalIdentifier === everyone && Permissions.includes('ALL'),
      ),
    );
  } finally {
    client.destroy();
  }
};
