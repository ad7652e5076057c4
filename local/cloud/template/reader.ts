import * as z from 'zod';
import { below, type Place, TemplateError } from './error.ts';
import { Intrinsics, type Resource } from './intrinsics.ts';
import { type Resolved, resolveVariables, type VariableOptions } from './variables.ts';

/** Reads parts of a template by schemas; functions are evaluated and places are known. */
export type TemplateReader = {
  readonly service: string;
  readonly functions: readonly (readonly [key: string, value: unknown, place: Place])[];
  readonly provider: Provider;
  readonly intrinsics: Intrinsics;
  /** Resources of one type, or some of them, with their evaluated properties, in the form of the schema. */
  resources<Schema extends z.ZodType>(
    type: string,
    schema: Schema,
    isWanted?: (logicalId: string) => boolean,
  ): FoundResource<z.infer<Schema>>[];
  /** A part in the form of the schema; of an object, only the members in the schema are read. Throws `TemplateError`. */
  read<Schema extends z.ZodType>(schema: Schema, value: unknown, place: Place): z.infer<Schema>;
};

export type FoundResource<Properties> = {
  readonly logicalId: string;
  readonly name: string;
  readonly place: Place;
  readonly properties: Properties;
};

const Section = z.record(z.string(), z.unknown());

const ResourceFile = z.object({
  Resources: z
    .record(
      z.string(),
      z.object({ Type: z.string(), Condition: z.string().optional(), Properties: Section.default({}) }),
    )
    .default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Conditions: Section.default({}),
  Mappings: Section.default({}),
});

const Provider = z.object({
  environment: Section.default({}),
  timeout: z.number().default(6),
  memorySize: z.number().default(1024),
  logRetentionInDays: z.number().optional(),
  stackName: z.string().optional(),
  stackParameters: z.array(z.object({ ParameterKey: z.string(), ParameterValue: z.unknown() })).default([]),
});
type Provider = z.infer<typeof Provider>;

const Template = z.object({
  service: z.string(),
  provider: Provider,
  functions: Section.default({}),
  resources: z.preprocess((value) => (Array.isArray(value) ? value : [value ?? {}]), z.array(ResourceFile)),
});

/** The logical id that the framework gives to a function, or to its log group. */
export const functionLogicalId = (key: string, resource = 'LambdaFunction'): string => {
  const normalized = key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
  return `${normalized.charAt(0).toUpperCase()}${normalized.slice(1)}${resource}`;
};

/** Opens the template of a stage. */
export const openTemplate = (options: VariableOptions): TemplateReader => {
  const resolved = resolveVariables(options);
  const root: Place = { file: 'serverless.yml', path: '' };
  const template = check(resolved, Template, resolved.template, root);
  const stackName = template.provider.stackName ?? `${template.service}-${options.stage}`;
  const resources = { ...frameworkResources(template.functions), ...merged(template.resources, 'Resources') };
  const intrinsics = new Intrinsics({
    name: stackName,
    account: options.account,
    region: options.region,
    resources,
    parameters: parameterValues(template),
    conditions: merged(template.resources, 'Conditions'),
    mappings: merged(template.resources, 'Mappings'),
  });
  const read: TemplateReader['read'] = (schema, value, place) =>
    check(resolved, schema, intrinsics.evaluate(named(schema, value), place), place);
  return {
    service: template.service,
    provider: template.provider,
    intrinsics,
    functions: Object.entries(resolved.template.functions ?? {}).map(([key, value]) => [
      key,
      value,
      { file: resolved.fileOf(value) ?? root.file, path: key },
    ]),
    resources: (type, schema, isWanted = () => true) =>
      Object.entries(resourcesWithFiles(resolved))
        .filter(
          ([logicalId, { resource, file }]) =>
            resource.Type === type && isWanted(logicalId) && intrinsics.isCreated(resource, file),
        )
        .map(([logicalId, { resource, file }]) => {
          const place = { file, path: `Resources.${logicalId}.Properties` };
          const properties = read(schema, resource.Properties ?? {}, place);
          return { logicalId, name: intrinsics.nameOf(logicalId, place), place, properties };
        }),
    read,
  };
};

/** Reads only the members in the schema: others may need values that only AWS knows. */
const named = (schema: z.ZodType, value: unknown): unknown => {
  if (schema instanceof z.ZodUnknown) return undefined;
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name in schema.shape));
};

const check = <Schema extends z.ZodType>(
  resolved: Resolved,
  schema: Schema,
  value: unknown,
  place: Place,
): z.infer<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).map(String).reduce<Place>((at, name) => below(at, name), place);
  throw new TemplateError(
    { ...path, file: resolved.fileOf(value) ?? place.file },
    issue?.message ?? 'is not valid',
  );
};

const merged = <Name extends 'Resources' | 'Parameters' | 'Conditions' | 'Mappings'>(
  files: readonly z.infer<typeof ResourceFile>[],
  name: Name,
): z.infer<typeof ResourceFile>[Name] => Object.assign({}, ...files.map((file) => file[name]));

const parameterValues = ({ resources, provider }: z.infer<typeof Template>): Record<string, unknown> => ({
  ...Object.fromEntries(
    Object.entries(merged(resources, 'Parameters')).map(([name, value]) => [name, value.Default]),
  ),
  ...Object.fromEntries(provider.stackParameters.map((each) => [each.ParameterKey, each.ParameterValue])),
});

/** Resources that the framework adds to the stack, to which the template may refer. */
const frameworkResources = (functions: Record<string, unknown>): Record<string, Resource> => ({
  ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
  ...Object.fromEntries(
    Object.entries(functions).flatMap(([key, value]) => {
      const FunctionName = (value as { name?: unknown } | null)?.name;
      return [
        [functionLogicalId(key), { Type: 'AWS::Lambda::Function', Properties: { FunctionName } }],
        [
          functionLogicalId(key, 'LogGroup'),
          { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/aws/lambda/${FunctionName}` } },
        ],
      ];
    }),
  ),
});

const resourcesWithFiles = ({ template, fileOf }: Resolved) => {
  const files = Array.isArray(template.resources) ? template.resources : [template.resources ?? {}];
  const found: Record<string, { resource: Resource; file: string }> = {};
  for (const { Resources = {} } of files as { Resources?: Record<string, Resource> }[]) {
    for (const [logicalId, resource] of Object.entries(Resources)) {
      found[logicalId] = { resource, file: fileOf(resource) ?? 'serverless.yml' };
    }
  }
  return found;
};
