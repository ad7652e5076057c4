import * as z from 'zod';
import type { DeployedFunction, EventRule, Schedule } from './deployment.ts';
import { below, type Place } from './error.ts';
import { functionLogicalId, type TemplateReader } from './reader.ts';
import { checkExpression } from './schedule-expression.ts';

const Queue = z.union([z.string(), z.object({ type: z.literal('sqs'), arn: z.string() })]);

/** One rule: an event pattern or a schedule, in the framework's `eventBridge` form. */
const Rule = z
  .strictObject({
    name: z.string().optional(),
    enabled: z.boolean().default(true),
    pattern: z.unknown().optional(),
    schedule: z.string().optional(),
    input: z.unknown().optional(),
    deadLetterQueueArn: z.string().optional(),
    retryPolicy: z.unknown().optional(),
  })
  .refine(({ pattern, schedule }) => (pattern === undefined) !== (schedule === undefined), {
    message: 'needs either a pattern or a schedule',
  });
type Rule = z.infer<typeof Rule>;

const FunctionSection = z.object({
  name: z.string().optional(),
  handler: z.string().regex(/\.\w+$/, 'must end with the name of the exported handler'),
  role: z.string().optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  timeout: z.number().optional(),
  memorySize: z.number().optional(),
  maximumRetryAttempts: z.number().default(2),
  destinations: z.object({ onFailure: Queue.optional() }).default({}),
  events: z.array(z.strictObject({ eventBridge: Rule })).default([]),
});

/** The functions of the template. */
export const readFunctions = (template: TemplateReader, stage: string): DeployedFunction[] =>
  template.functions.map(([key, value, place]) => readFunction(template, stage, key, value, place));

const readFunction = (
  template: TemplateReader,
  stage: string,
  key: string,
  value: unknown,
  place: Place,
): DeployedFunction => {
  const written = template.read(FunctionSection, value, place);
  const logicalId = functionLogicalId(key);
  const name = written.name ?? `${template.service}-${stage}-${key}`;
  const rules = written.events
    .map(({ eventBridge: rule }, index) => ({ ...rule, name: rule.name ?? `${name}-${index + 1}` }))
    .filter(({ enabled }) => enabled);
  const { onFailure } = written.destinations;
  return {
    key,
    logicalId,
    name,
    arn: String(template.intrinsics.evaluate({ 'Fn::GetAtt': [logicalId, 'Arn'] }, place)),
    ...readHandler(written.handler),
    ...(written.role === undefined ? {} : { role: written.role }),
    environment: texts({ ...sharedEnvironment(template), ...written.environment }),
    timeout: written.timeout ?? template.provider.timeout,
    memory: written.memorySize ?? template.provider.memorySize,
    maximumRetryAttempts: written.maximumRetryAttempts,
    ...(onFailure === undefined ? {} : { onFailure: queueName(onFailure) }),
    rules: rules.filter(({ schedule }) => schedule === undefined).map(eventRule),
    schedules: rules.flatMap((rule) => scheduleOf(rule, place)),
  };
};

const sharedEnvironment = (template: TemplateReader): Record<string, unknown> =>
  template.read(z.record(z.string(), z.unknown()), template.provider.environment, {
    file: 'serverless.yml',
    path: 'provider.environment',
  });

const texts = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

const readHandler = (handler: string) => {
  const dot = handler.lastIndexOf('.');
  return { entry: `${handler.slice(0, dot)}.ts`, handler: handler.slice(dot + 1) };
};

const queueName = (queue: z.infer<typeof Queue>): string =>
  (typeof queue === 'string' ? queue : queue.arn).split(':').at(-1) ?? '';

type NamedRule = Rule & { name: string };

const target = ({ name, input, deadLetterQueueArn }: NamedRule) => ({
  name,
  ...(input === undefined ? {} : { input }),
  ...(deadLetterQueueArn === undefined ? {} : { deadLetterQueue: queueName(deadLetterQueueArn) }),
});

const eventRule = (rule: NamedRule): EventRule => ({ ...target(rule), pattern: rule.pattern });

const scheduleOf = (rule: NamedRule, place: Place): Schedule[] => {
  const { schedule: expression } = rule;
  if (expression === undefined) return [];
  checkExpression(expression, below(place, 'events'));
  return [{ ...target(rule), expression }];
};
