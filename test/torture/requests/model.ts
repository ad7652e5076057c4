import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as events from '@aws-sdk/client-eventbridge';
import * as firehose from '@aws-sdk/client-firehose';
import * as glue from '@aws-sdk/client-glue';
import * as lambda from '@aws-sdk/client-lambda';
import * as redshiftData from '@aws-sdk/client-redshift-data';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';

/** A shape of a service's model, as the SDK's own client has it. */
export type Shape =
  | { readonly kind: 'text' | 'number' | 'boolean' | 'blob' | 'time' }
  | { readonly kind: 'list' | 'map'; readonly of: () => Shape }
  | { readonly kind: 'structure' | 'union'; readonly members: readonly Member[] };

export type Member = {
  readonly name: string;
  readonly isRequired: boolean;
  readonly shape: () => Shape;
  /** Where a member is in a REST request; undefined in the body. */
  readonly at?: { readonly query?: string; readonly header?: string; readonly isLabel?: boolean };
  readonly isPayload: boolean;
};

export type Operation = {
  readonly service: string;
  readonly name: string;
  readonly input: () => Shape;
  /** Method and path of a REST service. */
  readonly http?: readonly [method: string, path: string] | undefined;
};

export type Model = {
  readonly service: string;
  /** What the name of an operation follows in `X-Amz-Target`; undefined for REST. */
  readonly target?: string;
  readonly version: '1.0' | '1.1' | 'rest';
  readonly operations: readonly Operation[];
  /** The codes of the model's errors. */
  readonly errors: ReadonlySet<string>;
};

type Tuple = readonly unknown[];
const operationKind = 9;
const errorKind = -3;

const resolve = (schema: unknown): unknown => (typeof schema === 'function' ? resolve(schema()) : schema);

/** The kinds of simple shapes by the numbers that stand for them. */
const simple = new Map<unknown, Shape>([
  [1, { kind: 'number' }],
  [2, { kind: 'boolean' }],
  ...[4, 5, 6, 7].map((number) => [number, { kind: 'time' }] as const),
  ...[21, 42].map((number) => [number, { kind: 'blob' }] as const),
]);
const listBit = 64;
const mapBit = 128;

const shapeOf = (given: unknown): Shape => {
  const schema = resolve(given);
  if (typeof schema === 'number') {
    const of = () => simple.get(schema % listBit) ?? { kind: 'text' as const };
    if (schema & mapBit) return { kind: 'map', of };
    return schema & listBit ? { kind: 'list', of } : of();
  }
  if (!Array.isArray(schema)) return { kind: 'text' };
  const [kind, , name, , fourth, fifth] = schema as Tuple;
  if (kind === 1) return { kind: 'list', of: () => shapeOf(memberSchema(fourth)) };
  if (kind === 2) return { kind: 'map', of: () => shapeOf(memberSchema(fifth)) };
  if (kind === 3 || kind === 4) {
    const required = Number(schema[6] ?? 0);
    const members = (fourth as string[]).map((member, index) =>
      memberOf(member, (fifth as unknown[])[index], index < required),
    );
    return { kind: kind === 4 ? 'union' : 'structure', members };
  }
  if (kind === 0 && name !== undefined) return shapeOf(fourth);
  return shapeOf(kind);
};

/** A member is a schema, or a schema with its traits. */
const memberSchema = (given: unknown): unknown =>
  Array.isArray(given) && given.length === 2 && typeof given[1] !== 'string' ? given[0] : given;

const memberOf = (name: string, given: unknown, isRequired: boolean): Member => {
  const traits = Array.isArray(given) && given.length === 2 ? given[1] : 0;
  const named = (typeof traits === 'object' ? traits : {}) as Readonly<Record<string, unknown>>;
  const bits = typeof traits === 'number' ? traits : 0;
  const at = {
    ...(named.httpQuery === undefined ? {} : { query: String(named.httpQuery) }),
    ...(named.httpHeader === undefined ? {} : { header: String(named.httpHeader).toLowerCase() }),
    ...(named.httpLabel !== undefined || bits & 1 ? { isLabel: true } : {}),
  };
  const isPayload = named.httpPayload !== undefined || (bits & 16) !== 0;
  return {
    ...{ name, isRequired, isPayload, shape: () => shapeOf(memberSchema(given)) },
    ...(Object.keys(at).length > 0 ? { at } : {}),
  };
};

type Client = Readonly<Record<string, unknown>>;

const modelOf = (service: string, client: object, version: Model['version'], target?: string): Model => {
  const schemas = Object.values(client as Client).filter((value): value is Tuple => Array.isArray(value));
  const operations = schemas
    .filter(([kind]) => kind === operationKind)
    .map(([, , name, traits, input]): Operation => {
      const { http } = (typeof traits === 'object' ? traits : {}) as { http?: [string, string] };
      return { service, name: String(name), input: () => shapeOf(input), http };
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const errors = schemas
    .filter(([kind]) => kind === errorKind)
    .flatMap(([, , name, traits]) => {
      const { awsQueryError = [] } = (typeof traits === 'object' ? traits : {}) as {
        awsQueryError?: unknown[];
      };
      return [String(name), ...awsQueryError.slice(0, 1).map(String)];
    });
  return {
    service,
    version,
    operations,
    errors: new Set(errors),
    ...(target === undefined ? {} : { target }),
  };
};

/** All services behind the gateway. */
export const models: readonly Model[] = [
  modelOf('s3', s3, 'rest'),
  modelOf('dynamodb', dynamodb, '1.0', 'DynamoDB_20120810'),
  modelOf('lambda', lambda, 'rest'),
  modelOf('events', events, '1.1', 'AWSEvents'),
  modelOf('sqs', sqs, '1.0', 'AmazonSQS'),
  modelOf('glue', glue, '1.1', 'AWSGlue'),
  modelOf('redshift-data', redshiftData, '1.1', 'RedshiftData'),
  modelOf('firehose', firehose, '1.1', 'Firehose_20150804'),
  modelOf('secretsmanager', secretsmanager, '1.1', 'secretsmanager'),
];
