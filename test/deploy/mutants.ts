/** For each rule about resources, changes of the packaged template that break it: resource, path in it, and the wrong value. */
type Mutant = readonly [id: string, path: string, value: unknown];

export const mutants: Readonly<Record<string, readonly Mutant[]>> = {
  'keys are rotated each year': [['DataKey', 'Properties.EnableKeyRotation', false]],
  'topics are encrypted and reject plain HTTP': [['AlarmTopic', 'Properties.KmsMasterKeyId', undefined]],
  'queues reject plain HTTP': [],
  'access to the lake is logged': [['LakeBucket', 'Properties.LoggingConfiguration', undefined]],
  'buckets of ours take no access lists and end what was not finished': [
    ['LakeBucket', 'Properties.OwnershipControls.Rules.0.ObjectOwnership', 'ObjectWriter'],
  ],
  'functions run on the newest Node and for no longer than 15 minutes': [
    ['SweepLambdaFunction', 'Properties.Runtime', 'nodejs18.x'],
  ],
  'a function can be called by events of this account only': [],
  'logs are kept for a limited time': [['SweepLogGroup', 'Properties.RetentionInDays', undefined]],
  'jobs and the crawler encrypt what they write, logs and bookmarks included': [
    ['TransformJob', 'Properties.SecurityConfiguration', undefined],
    ['LandingCrawler', 'Properties.CrawlerSecurityConfiguration', undefined],
    [
      'JobSecurity',
      'Properties.EncryptionConfiguration.CloudWatchEncryption.CloudWatchEncryptionMode',
      'DISABLED',
    ],
  ],
  'queries of people are encrypted, cannot choose otherwise, and have a limit': [
    ['QueryWorkgroup', 'Properties.WorkGroupConfiguration.EnforceWorkGroupConfiguration', false],
    ['QueryWorkgroup', 'Properties.WorkGroupConfiguration.BytesScannedCutoffPerQuery', undefined],
  ],
  'the warehouse is private, encrypted, asks for TLS, logs and has no password of ours': [
    ['WarehouseNamespace', 'Properties.ManageAdminPassword', false],
    ['WarehouseNamespace', 'Properties.KmsKeyId', undefined],
    ['WarehouseWorkgroup', 'Properties.PubliclyAccessible', true],
    ['WarehouseWorkgroup', 'Properties.SubnetIds.2', undefined],
    ['WarehouseWorkgroup', 'Properties.ConfigParameters.0.ParameterValue', 'false'],
    ['WarehouseCluster', 'Properties.PubliclyAccessible', true],
    ['WarehouseCluster', 'Properties.Encrypted', false],
    ['WarehouseCluster', 'Properties.MasterUserPassword', 'secret'],
    ['WarehouseParameters', 'Properties.Parameters.0.ParameterValue', 'false'],
  ],
  'no security group lets the world in, and each says what it is for': [
    ['WarehouseSecurityGroup', 'Properties.SecurityGroupIngress', [{ CidrIp: '0.0.0.0/0' }]],
    ['JobsAmongThemselves', 'Properties.CidrIpv6', '::/0'],
    ['PublicSubnetA', 'Properties.MapPublicIpOnLaunch', true],
  ],
  'the traffic of the network is logged, and no list of rules hides behind another': [
    ['Vpc', 'Type', 'AWS::EC2::NetworkAcl'],
  ],
  'secrets have our key and no value': [
    ['ShopApiSecret', 'Properties.SecretString', '{"client_id": "a"}'],
    ['ShopApiSecret', 'Properties.KmsKeyId', undefined],
  ],
  'a stream is encrypted, lands nothing that failed, and says why it failed': [
    ['ListensStream', 'Properties.DeliveryStreamEncryptionConfigurationInput', undefined],
    ['ListensStream', 'Properties.ExtendedS3DestinationConfiguration.EncryptionConfiguration', undefined],
    [
      'ListensStream',
      'Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix',
      'data/failed/!{firehose:error-output-type}/',
    ],
    [
      'ListensStream',
      'Properties.ExtendedS3DestinationConfiguration.CloudWatchLoggingOptions.Enabled',
      false,
    ],
    ['ListensStream', 'Condition', undefined],
  ],
  'what holds data is kept or deleted as the stage says, and is never replaced with a loss': [
    ['LedgerTable', 'UpdateReplacePolicy', undefined],
    ['LakeBucket', 'DeletionPolicy', undefined],
  ],
  'every alarm tells somebody, says what it means and names the command that helps': [
    ['SilenceAlarm', 'Properties.AlarmActions', []],
    ['SilenceAlarm', 'Properties.AlarmDescription', 'The sweep has stopped'],
  ],
  'schedules keep what they could not do': [
    ['WarehouseSnapshots', 'Properties.Target.DeadLetterConfig', undefined],
  ],
  'events are archived for a limited time': [['OwnEvents', 'Properties.RetentionDays', undefined]],
  'rulesets are what Glue accepts: up to 65 KB, LF only, with rules': [
    ['StreamsRules', 'Properties.Ruleset', 'IsComplete "user_id"'],
    ['StreamsRules', 'Properties.Ruleset', 'Rules = [\r\n]'],
    ['StreamsRules', 'Properties.Ruleset', `Rules = [ ${'RowCount > 0, '.repeat(5_000)} ]`],
  ],
  'no text names an account, a region or a partition': [
    ['SweepRole', 'Properties.Policies.0.PolicyName', 'arn:aws:s3:::lake'],
    ['SweepRole', 'Properties.Policies.0.PolicyName', 'of-123456789012'],
  ],
};
