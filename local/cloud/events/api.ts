import * as z from 'zod';
import { isObject, JsonProblem, parseJson } from '../json.ts';
import { type JsonService, ServiceError } from '../protocol.ts';
import type { Bus } from './bus.ts';
import { compilePattern } from './pattern.ts';
import { PatternError } from './pattern-error.ts';

/** The last second of the year 9999: later ones have no time of four digits. */
const LATEST = 253_402_300_799;

const Entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  /** Epoch seconds. */
  Time: z.number().min(0).max(LATEST).optional(),
  EventBusName: z.string().optional(),
});
type Entry = z.infer<typeof Entry>;

type Result = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/** EventBridge's wire API of the default bus: `PutEvents` and `TestEventPattern`. */
export const eventsApi = (bus: Bus): JsonService => ({
  async handle(operation, input) {
    if (operation === 'PutEvents') return putEvents(bus, readEntries(input));
    if (operation === 'TestEventPattern') return testPattern(input);
    throw new ServiceError('UnknownOperationException', `EventBridge on this machine has no ${operation}`);
  },
  close: async () => {},
});

const readEntries = ({ Entries }: Record<string, unknown>): Entry[] => {
  const { success, data, error } = z.array(Entry).min(1).max(MAX_ENTRIES).safeParse(Entries);
  if (!success) throw new ServiceError('ValidationException', `Entries: ${z.prettifyError(error)}`);
  const bytes = data.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > MAX_BYTES) {
    throw new ServiceError(
      'ValidationException',
      'Total size of the entries in the request is over the limit.',
    );
  }
  return data;
};

/** AWS counts 14 bytes for a time and the UTF-8 bytes of everything else. */
const entryBytes = ({ Source = '', DetailType = '', Detail = '', Resources = [], Time }: Entry): number =>
  Buffer.byteLength([Source, DetailType, Detail, ...Resources].join('')) + (Time === undefined ? 0 : 14);

const putEvents = async (bus: Bus, entries: readonly Entry[]) => {
  const results: Result[] = [];
  for (const entry of entries) results.push(await putEntry(bus, entry));
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
};

const putEntry = async (bus: Bus, entry: Entry): Promise<Result> => {
  const { Source, DetailType, Detail, Resources, Time } = entry;
  if (!Source) return missing('Source');
  if (!DetailType) return missing('DetailType');
  if (!Detail) return missing('Detail');
  if (/^aws\./i.test(Source))
    return rejected('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (!isDefaultBus(entry))
    return rejected('InvalidArgument', `Event bus ${entry.EventBusName} does not exist.`);
  const detail = parseDetail(Detail);
  if (!detail) return rejected('MalformedDetail', 'Detail is malformed.');
  const time = Time === undefined ? {} : { time: new Date(Time * 1_000).toISOString() };
  const event = { source: Source, 'detail-type': DetailType, detail, resources: Resources ?? [], ...time };
  return { EventId: await bus.put(event) };
};

const rejected = (ErrorCode: string, ErrorMessage: string): Result => ({ ErrorCode, ErrorMessage });

const missing = (name: string): Result =>
  rejected('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);

const isDefaultBus = ({ EventBusName = 'default' }: Entry): boolean =>
  /(^|:event-bus\/)default$/.test(EventBusName);

const parseDetail = (text: string): Record<string, unknown> | undefined => {
  const value = readJson(text);
  return isObject(value) ? value : undefined;
};

const readJson = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch (cause) {
    if (cause instanceof JsonProblem) return undefined;
    throw cause;
  }
};

const MAX_PATTERN = 4_096;
const Test = z.object({ EventPattern: z.string().max(MAX_PATTERN), Event: z.string().max(MAX_BYTES) });

const testPattern = (input: Record<string, unknown>) => {
  const { success, data, error } = Test.safeParse(input);
  if (!success) throw new ServiceError('ValidationException', z.prettifyError(error));
  const event = parseDetail(data.Event);
  if (!event)
    throw new ServiceError(
      'ValidationException',
      'Parameter Event is not valid. Reason: it is no JSON object',
    );
  try {
    return { Result: compilePattern(readJson(data.EventPattern))(event) };
  } catch (cause) {
    if (cause instanceof PatternError) throw new ServiceError(cause.name, cause.message);
    throw cause;
  }
};
