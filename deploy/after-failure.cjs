const { CloudFormationClient, DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');
const {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
  UpdateTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} = require('@aws-sdk/client-dynamodb');
const { DeleteBucketCommand, HeadBucketCommand, S3Client } = require('@aws-sdk/client-s3');
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

/**
 * Makes the deployment after a failed one work.
 *
 * - CloudFormation cannot delete what a failed first deployment created if it is a protected table, or a bucket in which a
 *   service already writes logs. Their names then block every later deployment. What has no data is deleted here; if
 *   anything has data, nothing is deleted and the deployment stops.
 * - The framework does not deploy what is the same as the last deployment that it uploaded, even if that one was rolled back.
 */
module.exports = class AfterFailure {
  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    this.options = options;
    this.aws = serverless.getProvider('aws');
    this.log = log;
    this.hooks = {
      'before:aws:deploy:deploy:checkForChanges': async () => {
        await this.freeNames();
        await this.deployAgain();
      },
    };
  }

  async freeNames() {
    const stack = await this.aws.getStackResources();
    if (stack.some(({ LogicalResourceId }) => LogicalResourceId === 'LakeBucket')) return;
    const states = [];
    for (const one of await this.ours()) states.push({ one, state: await one.state() });
    const used = states.filter(({ state }) => state === 'used');
    if (used.length > 0) throw this.inUse(used.map(({ one }) => one.name));
    for (const { one } of states.filter(({ state }) => state === 'empty')) {
      await one.remove();
      this.log.notice(`deleted ${one.name}, which a failed deployment left without data`);
    }
  }

  async ours() {
    const config = await this.aws.getAwsSdkV3Config();
    const { name } = this.serverless.service.custom;
    const account = await this.aws.getAccountId();
    const s3 = new S3Client(config);
    const dynamo = new DynamoDBClient(config);
    return [
      bucketOf(s3, `${name}-lake-${account}`, { holdsData: true }),
      bucketOf(s3, `${name}-logs-${account}`, { holdsData: false }),
      tableOf(dynamo, `${name}-ledger`),
      tableOf(dynamo, `${name}-kpis`),
    ];
  }

  inUse(names) {
    const { name } = this.serverless.service.custom;
    return new this.serverless.classes.Error(
      [
        `The stack ${name} is new, but data of an earlier one is there: ${names.join(', ')}.`,
        `Nothing was deployed. Import or delete what is left of the earlier stack (docs/operate.md#tear-down).`,
      ].join('\n'),
      'NAMES_IN_USE',
    );
  }

  async deployAgain() {
    const cloudFormation = new CloudFormationClient(await this.aws.getAwsSdkV3Config());
    const StackName = this.aws.naming.getStackName();
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    if (Stacks[0].StackStatus !== 'UPDATE_ROLLBACK_COMPLETE') return;
    this.options.force = true;
    this.log.notice('the last deployment failed: this one is not skipped, even if it is the same');
  }
};
