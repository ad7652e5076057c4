const {
  CreateUsageLimitCommand,
  GetWorkgroupCommand,
  ListUsageLimitsCommand,
  RedshiftServerlessClient,
  UpdateUsageLimitCommand,
} = require('@aws-sdk/client-redshift-serverless');

const usageType = 'serverless-compute';

/** The ARN of the workgroup that was just deployed. */
const workgroupArn = async (client, name) => {
  const { workgroup } = await client.send(new GetWorkgroupCommand({ workgroupName: name }));
  return workgroup.workgroupArn;
};

/**
 * Limits what Redshift Serverless may use a day, because CloudFormation cannot: when the limit is reached, statements fail until
 * the next day, and rebuilds are tried again then.
 */
module.exports = class LimitUsage {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.aws = serverless.getProvider('aws');
    this.log = log;
    this.hooks = { 'after:deploy:deploy': () => this.limit() };
  }

  async limit() {
    const { name, dailyRpuHours } = this.serverless.service.custom;
    if (!this.isServerless()) return;
    const amount = Number(dailyRpuHours);
    const client = new RedshiftServerlessClient(await this.aws.getAwsSdkV3Config());
    const resourceArn = await workgroupArn(client, name);
    const { usageLimits = [] } = await client.send(new ListUsageLimitsCommand({ resourceArn, usageType }));
    const daily = usageLimits.find(({ period }) => period === 'daily');
    if (daily?.amount === amount && daily.breachAction === 'deactivate') return;
    const wanted = { amount, breachAction: 'deactivate' };
    await client.send(
      daily
        ? new UpdateUsageLimitCommand({ ...wanted, usageLimitId: daily.usageLimitId })
        : new CreateUsageLimitCommand({ ...wanted, resourceArn, usageType, period: 'daily' }),
    );
    this.log.notice(`limited the warehouse to ${amount} RPU-hours a day`);
  }

  isServerless() {
    const { Resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    return Object.values(Resources).some(({ Type }) => Type === 'AWS::RedshiftServerless::Workgroup');
  }
};
