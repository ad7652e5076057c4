import { XMLValidator } from 'fast-xml-parser';
import type { Request } from './build.ts';
import { models } from './model.ts';
import type { Answer, Outcome } from './socket.ts';

/** The errors that any service of AWS may answer (https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html), without those of the server. */
const common = new Set([
  ...[
    'AccessDeniedException',
    'IncompleteSignature',
    'IncompleteSignatureException',
    'MalformedHttpRequestException',
  ],
  ...[
    'RequestEntityTooLargeException',
    'RequestTimeoutException',
    'UnknownOperationException',
    'ValidationError',
  ],
  ...[
    'ValidationException',
    'SerializationException',
    'MissingAuthenticationTokenException',
    'InvalidSignatureException',
  ],
  // What SQS answers for a wrong or a missing parameter; it is an error of its older protocol, which its model does not list.
  ...['RequestAbortedException', 'InvalidParameterValueException'],
]);

/** The errors of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), which its model does not have. */
const ofS3 = new Set([
  ...['AccessDenied', 'BadDigest', 'BucketAlreadyExists', 'BucketAlreadyOwnedByYou', 'BucketNotEmpty'],
  ...[
    'EntityTooLarge',
    'EntityTooSmall',
    'IncompleteBody',
    'InvalidArgument',
    'InvalidBucketName',
    'InvalidDigest',
  ],
  ...['InvalidPart', 'InvalidPartNumber', 'InvalidPartOrder', 'InvalidRange', 'InvalidRequest', 'InvalidTag'],
  ...[
    'InvalidURI',
    'KeyTooLongError',
    'MalformedXML',
    'MetadataTooLarge',
    'MethodNotAllowed',
    'MissingContentLength',
  ],
  ...['NoSuchBucket', 'NoSuchKey', 'NoSuchUpload', 'NoSuchVersion', 'NotImplemented', 'PreconditionFailed'],
  ...[
    'RequestTimeout',
    'XAmzContentSHA256Mismatch',
    'MalformedTrailerError',
    'NoSuchTagSet',
    'NoSuchLifecycleConfiguration',
    'InvalidStorageClass',
  ],
]);

/** What the HTTP server itself answers to what is no HTTP. */
const ofHttp = new Set([400, 408, 413, 417, 431]);

/** What is wrong with the outcome of a request; undefined if it is one that AWS documents. */
export const problemOf = (request: Request, { answers, end }: Outcome): string | undefined => {
  if (end === 'silent') return 'no answer in time';
  const { expected = 1, isOdd = false } = request;
  if (answers.length < expected && !isOdd) return `${answers.length} answers, not ${expected}; ${end}`;
  for (const answer of answers) {
    const problem = problemIn(answer, request.service, isOdd);
    if (problem) return `${answer.status} ${problem}: ${answer.body.slice(0, 300)}`;
  }
  return undefined;
};

const problemIn = (answer: Answer, service: string, isOdd: boolean): string | undefined => {
  const { status, body } = answer;
  if (isOdd && body === '' && ofHttp.has(status)) return undefined;
  // An answer to HEAD has no body.
  if (service === 'any' && body === '' && status < 500) return undefined;
  const isXml = answer.headers['content-type'] === 'application/xml';
  if (status < 400)
    return isXml && body !== '' && XMLValidator.validate(body) !== true ? 'no XML' : undefined;
  if (isXml || service === 's3') return body === '' ? undefined : problemOfS3(status, body);
  const code = codeIn(answer);
  if (code === undefined) return 'an error without a code';
  if (status >= 500) return `${code}, though the client is wrong`;
  const known = models.filter((model) => service === 'any' || model.service === service);
  return common.has(code) || known.some(({ errors }) => errors.has(code))
    ? undefined
    : `the code ${code}, which is not documented`;
};

const problemOfS3 = (status: number, body: string): string | undefined => {
  if (XMLValidator.validate(body) !== true) return 'no XML';
  const [, code = ''] = /<Code>([^<]*)<\/Code>/.exec(body) ?? [];
  if (!ofS3.has(code)) return `the code ${code}, which is not documented`;
  return status >= 500 && code !== 'NotImplemented' ? `${code}, though the client is wrong` : undefined;
};

const codeIn = ({ headers, body }: Answer): string | undefined => {
  if (body.startsWith('<UnknownOperationException/>')) return 'UnknownOperationException';
  try {
    const { __type } = JSON.parse(body) as { __type?: string };
    return (__type ?? headers['x-amzn-errortype'])?.split('#').at(-1);
  } catch {
    return undefined;
  }
};
