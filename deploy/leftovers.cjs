const {
  DeleteTableCommand,
  DescribeTableCommand,
  ScanCommand,
  UpdateTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} = require('@aws-sdk/client-dynamodb');
const { DeleteBucketCommand, HeadBucketCommand } = require('@aws-sdk/client-s3');
const { empty, isEmpty } = require('./buckets.cjs');

/**
 * A bucket under a name of this stage: `free` if there is none, `empty` if it has no data, else `used`. In another region or
 * account it is used, too.
 */
const bucketOf = (s3, name, { holdsData }) => ({
  name: `s3://${name}`,
  state: async () => {
    const status = await s3.send(new HeadBucketCommand({ Bucket: name })).then(
      () => 200,
      ({ $metadata }) => $metadata?.httpStatusCode,
    );
    if (status === 404) return 'free';
    if (status !== 200) return 'used';
    return holdsData && !(await isEmpty(s3, name)) ? 'used' : 'empty';
  },
  remove: async () => {
    await empty(s3, name);
    await s3.send(new DeleteBucketCommand({ Bucket: name }));
  },
});

const describe = async (dynamo, TableName) => {
  try {
    return (await dynamo.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};

const tableOf = (dynamo, TableName) => ({
  name: `table ${TableName}`,
  state: async () => {
    if (!(await describe(dynamo, TableName))) return 'free';
    const { Items } = await dynamo.send(new ScanCommand({ TableName, Limit: 1 }));
    return Items.length > 0 ? 'used' : 'empty';
  },
  remove: async () => {
    const wait = { client: dynamo, maxWaitTime: 120, minDelay: 1, maxDelay: 5 };
    if ((await describe(dynamo, TableName)).DeletionProtectionEnabled) {
      await dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
      await waitUntilTableExists(wait, { TableName });
    }
    await dynamo.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists(wait, { TableName });
  },
});

module.exports = { bucketOf, tableOf };
