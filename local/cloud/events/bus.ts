import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { anyDisk, type Disk } from '../disk.ts';
import type { BusEvent, Publish } from '../protocol.ts';
import { calm, type Fate } from './chaos.ts';
import { openDeliveries } from './deliveries.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { PatternError } from './pattern-error.ts';

/** An event as its targets receive it. */
export type Envelope = Readonly<{
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: readonly string[];
  detail: Record<string, unknown>;
}>;

/** Routes events to functions. */
export type Rule = {
  readonly name: string;
  readonly pattern: unknown;
  /** Name of the function. */
  readonly target: string;
  /** What the target receives instead of the event. */
  readonly input?: unknown;
  /** Name of the queue for events that the target rejected. */
  readonly deadLetterQueue?: string | undefined;
};

export type BusOptions = {
  /** Where deliveries are stored until they are acknowledged. */
  readonly directory: string;
  readonly account: string;
  readonly region: string;
  readonly rules: readonly Rule[];
  /** Passes an event to a function; resolves when the function's own queue has stored it. */
  readonly deliver: (target: string, payload: unknown) => Promise<void>;
  /** Stores an event that a target rejected. */
  readonly reject: (rule: Rule, payload: unknown, cause: unknown) => Promise<void>;
  readonly fate?: Fate;
  /** Default: a disk that is never full. */
  readonly disk?: Disk;
};

export type Bus = {
  /** Puts an event on the bus; resolves to the event's id when its deliveries are on disk. */
  put(event: BusEvent & { readonly time?: string }): Promise<string>;
  publish: Publish;
  close(): Promise<void>;
};

type Delivery = { readonly rule: string; readonly event: Envelope };

/**
 * Opens the default event bus: every matching rule gets an event at least once, even if the process dies. Throws
 * `PatternError`, with the rule's name, for a pattern that AWS would reject.
 */
export const openBus = (options: BusOptions): Bus => {
  const { account, region, fate = calm, disk = anyDisk } = options;
  const rules = options.rules.map((rule) => ({ ...rule, matches: compileRule(rule) }));
  const deliver = async ({ rule: name, event }: Delivery): Promise<void> => {
    const rule = rules.find((each) => each.name === name);
    if (!rule) return;
    const payload = rule.input ?? event;
    await options.deliver(rule.target, payload).catch((cause) => {
      if (disk.notice(cause)) throw cause;
      return options.reject(rule, payload, cause);
    });
  };
  const deliveries = openDeliveries(join(options.directory, 'deliveries.jsonl'), deliver, disk);

  const put: Bus['put'] = async (sent) => {
    const event = { ...seal(sent), account, region };
    const matching = rules.filter(({ matches }) => matches(event));
    deliveries.add(
      matching.flatMap(({ name: rule }) =>
        fate().map((delay, copy) => ({
          id: `${event.id}/${rule}/${copy}`,
          delivery: { rule, event },
          delay,
        })),
      ),
    );
    return event.id;
  };
  const publish: Publish = async (event) => {
    await put(event);
  };
  return { put, publish, close: deliveries.close };
};

const compileRule = ({ name, pattern }: Rule): Pattern => {
  try {
    return compilePattern(pattern);
  } catch (cause) {
    if (cause instanceof PatternError) throw new PatternError(`${name}: ${cause.path}`, cause.reason);
    throw cause;
  }
};

const seal = ({ time, ...event }: BusEvent & { readonly time?: string }) => ({
  version: '0' as const,
  id: randomUUID(),
  'detail-type': event['detail-type'],
  source: event.source,
  time: `${(time ?? new Date().toISOString()).slice(0, 19)}Z`,
  resources: event.resources ?? [],
  detail: event.detail,
});
