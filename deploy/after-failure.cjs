const { CloudFormationClient, DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { S3Client } = require('@aws-sdk/client-s3');
const { bucketOf, tableOf } = require('./leftovers.cjs');

/** The command after which a stack can be deployed; none if it can be deployed as it is. */
const toOrder = (status, stack, stage) => {
  if (/^UPDATE_ROLLBACK.*_IN_PROGRESS$/.test(status))
    return `aws cloudformation wait stack-rollback-complete --stack-name ${stack}`;
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return `aws cloudformation continue-update-rollback --stack-name ${stack}`;
  // Not even its first resources could be created: such a stack can only be deleted.
  if (/^(ROLLBACK|CREATE|DELETE)_FAILED$|^ROLLBACK_COMPLETE$/.test(status))
    return `npx sls remove --stage ${stage}`;
  return undefined;
};

/**
 * Makes the deployment after a failed one work.
 *
 * - CloudFormation cannot delete what a failed first deployment created if it is a protected table, or a bucket in which a
 *   service already writes logs. Their names then block every later deployment. What has no data is deleted here; if
 *   anything has data, nothing is deleted and the deployment stops.
 * - A stack in some states cannot be deployed: the error names the command that helps.
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
        const status = await this.status();
        this.requireOrder(status);
        await this.freeNames();
        this.deployAgain(status);
      },
    };
  }

  requireOrder(status) {
    const command = toOrder(status, this.aws.naming.getStackName(), this.aws.getStage());
    if (!command) return;
    const text = `The stack is in the state ${status} and cannot be deployed. First run:\n  ${command}`;
    throw new this.serverless.classes.Error(text, 'STACK_NOT_IN_ORDER');
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

  async status() {
    const cloudFormation = new CloudFormationClient(await this.aws.getAwsSdkV3Config());
    const StackName = this.aws.naming.getStackName();
    return (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks[0].StackStatus;
  }

  deployAgain(status) {
    if (status !== 'UPDATE_ROLLBACK_COMPLETE') return;
    this.options.force = true;
    this.log.notice('the last deployment failed: this one is not skipped, even if it is the same');
  }
};
