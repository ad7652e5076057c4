import type { IncomingMessage } from 'node:http';
import { isOwnPath } from './own-requests.ts';
import { entryNamed } from './protocol.ts';

/** Services by the first part of `X-Amz-Target`, which names an API and often its date. */
const targets: Readonly<Record<string, string>> = {
  DynamoDB: 'dynamodb',
  AWSGlue: 'glue',
  RedshiftData: 'redshift-data',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
  Firehose: 'firehose',
};

/**
 * Finds the service of a request: from the scope of its signature, in the header or in the URL, else from `X-Amz-Target` or the
 * path; `soundcheck` is the cloud itself. Without any of these it is S3, whose requests may be unsigned.
 */
export const serviceOf = ({ headers, url = '/' }: Pick<IncomingMessage, 'headers' | 'url'>): string => {
  const service = credentialOf({ headers, url })?.split('/').at(-2);
  if (service) return service;
  const target = String(headers['x-amz-target'] ?? '').split(/[._]/)[0] ?? '';
  const named = entryNamed(targets, target);
  if (named) return named;
  if (isOwnPath(url)) return 'soundcheck';
  return url.startsWith('/2015-03-31/functions/') ? 'lambda' : 's3';
};

/** The access key with which a request is signed; undefined for an unsigned one. */
export const accessKeyOf = (request: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined =>
  credentialOf(request)?.split('/')[0];

const credentialOf = ({
  headers,
  url = '/',
}: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined => {
  const [, credential] = /Credential=([^,\s]+)/.exec(headers.authorization ?? '') ?? [];
  return credential ?? presignedCredential(url);
};

const presignedCredential = (url: string): string | undefined => {
  const query = url.indexOf('?');
  if (query < 0) return undefined;
  return new URLSearchParams(url.slice(query)).get('X-Amz-Credential') ?? undefined;
};
