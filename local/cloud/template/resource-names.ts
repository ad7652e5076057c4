/** How CloudFormation names a resource of one type. */
type Naming = {
  /** The property that gives the physical name; a path with dots. */
  readonly property: string;
  /** The part of the ARN after `arn:aws:`. */
  readonly arn: (name: string, account: string, region: string) => string;
  /** The value of `Ref`, if that is not the name. */
  readonly ref?: (name: string, account: string, region: string) => string;
  /** Other attributes: what AWS makes up stands here in a readable form. */
  readonly attributes?: Readonly<Record<string, (name: string, account: string, region: string) => string>>;
};

const namings: Readonly<Record<string, Naming>> = {
  'AWS::S3::Bucket': { property: 'BucketName', arn: (name) => `s3:::${name}` },
  'AWS::DynamoDB::Table': {
    property: 'TableName',
    arn: (name, account, region) => `dynamodb:${region}:${account}:table/${name}`,
  },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    arn: (name, account, region) => `sqs:${region}:${account}:${name}`,
    ref: (name, account, region) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
  },
  'AWS::SNS::Topic': {
    property: 'TopicName',
    arn: (name, account, region) => `sns:${region}:${account}:${name}`,
    ref: (name, account, region) => `arn:aws:sns:${region}:${account}:${name}`,
  },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    arn: (name, account, region) => `lambda:${region}:${account}:function:${name}`,
  },
  'AWS::IAM::Role': {
    property: 'RoleName',
    arn: (name, account) => `iam::${account}:role/${name}`,
    attributes: { RoleId: (name) => `AROA-${name}` },
  },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    arn: (name, account, region) => `logs:${region}:${account}:log-group:${name}:*`,
  },
  'AWS::Glue::Database': {
    property: 'DatabaseInput.Name',
    arn: (name, account, region) => `glue:${region}:${account}:database/${name}`,
  },
  'AWS::Glue::Job': {
    property: 'Name',
    arn: (name, account, region) => `glue:${region}:${account}:job/${name}`,
  },
  'AWS::RedshiftServerless::Workgroup': {
    property: 'WorkgroupName',
    arn: (name, account, region) => `redshift-serverless:${region}:${account}:workgroup/${name}`,
    attributes: {
      'Workgroup.WorkgroupArn': (name, account, region) =>
        `arn:aws:redshift-serverless:${region}:${account}:workgroup/${name}`,
    },
  },
  'AWS::RedshiftServerless::Namespace': {
    property: 'NamespaceName',
    arn: (name, account, region) => `redshift-serverless:${region}:${account}:namespace/${name}`,
  },
  'AWS::KinesisFirehose::DeliveryStream': {
    property: 'DeliveryStreamName',
    arn: (name, account, region) => `firehose:${region}:${account}:deliverystream/${name}`,
  },
  'AWS::KMS::Key': {
    property: 'KeyId',
    arn: (name, account, region) => `kms:${region}:${account}:key/${name}`,
  },
};

const unknownNaming: Naming = {
  property: 'Name',
  arn: (name, account, region) => `cloudformation:${region}:${account}:resource/${name}`,
};

/** How a resource type is named; types that the laptop does not run share a default. */
export const namingOf = (type: string): Naming => namings[type] ?? unknownNaming;
