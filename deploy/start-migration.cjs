const { InvokeCommand, LambdaClient } = require('@aws-sdk/client-lambda');

/** Starts the migration of tables after the stack is updated: it changes nothing unless the tables of this version are missing. */
module.exports = class StartMigration {
  constructor(serverless, _options, { log }) {
    this.name = () => serverless.service.custom.name;
    this.aws = serverless.getProvider('aws');
    this.log = log;
    this.hooks = { 'after:deploy:deploy': () => this.start() };
  }

  async start() {
    const lambda = new LambdaClient(await this.aws.getAwsSdkV3Config());
    const Payload = JSON.stringify({ command: 'Look Again', kind: 'deployment', id: this.name() });
    const FunctionName = `${this.name()}-migrate-tables`;
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
    this.log.notice(`${FunctionName} creates the tables of this version if they are missing`);
  }
};
