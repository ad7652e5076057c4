/** The condition keys that policies of this project may use. A request without one is evaluated as AWS does it. */
export const conditionKeys: readonly string[] = [
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:userid',
  'cloudwatch:namespace',
  'dynamodb:LeadingKeys',
  'kms:CallerAccount',
  'kms:EncryptionContext:aws:logs:arn',
  'kms:ViaService',
  'redshift-data:statement-owner-iam-userid',
  's3:delimiter',
  's3:prefix',
];
