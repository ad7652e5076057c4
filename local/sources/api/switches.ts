import * as z from 'zod';

/** Which requests a fault meets: the next `times` (1 if nothing is said), or each `every`-th from now on. */
const met = {
  path: z.enum(['/users', '/sessions', '/oauth/token']).optional(),
  times: z.number().int().min(1).default(1),
  every: z.number().int().min(1).optional(),
};

/** A way in which the API answers wrongly. */
export const Fault = z.discriminatedUnion('kind', [
  z.strictObject({
    ...met,
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    /** The header `Retry-After` as it is sent, seconds or a date. */
    retry_after: z.string().optional(),
  }),
  /** A whole answer in place of the right one, such as an error with status 200. */
  z.strictObject({
    ...met,
    kind: z.literal('answer'),
    status: z.number().int().default(200),
    body: z.string(),
  }),
  /** A wait before the headers, or after the first bytes of the body. */
  z.strictObject({
    ...met,
    kind: z.literal('slow'),
    ms: z.number().int().min(0),
    before: z.enum(['headers', 'body']).default('headers'),
  }),
  /** The connection is cut after so many bytes of the body; with 0 before the headers. */
  z.strictObject({ ...met, kind: z.literal('cut'), after_bytes: z.number().int().min(0).default(0) }),
]);
export type Fault = z.infer<typeof Fault>;

export const pagingKinds = ['none', 'page', 'offset', 'cursor', 'link_header', 'next_url'] as const;

/** ISO 8601 in UTC, `2024-01-31T23:59:59.999Z`. */
const Moment = z.iso.datetime();

/** How the API behaves; each switch can be changed while it runs. */
export const Switches = z.strictObject({
  /** Whether `end_date` belongs to the window: all of it, nothing, or its first moment only. */
  end: z.enum(['inclusive', 'exclusive', 'midnight']).default('inclusive'),
  paging: z
    .strictObject({
      kind: z.enum(pagingKinds),
      size: z.number().int().min(1).default(1_000),
      /** Each second page is a row short, although more follow. */
      is_uneven: z.boolean().default(false),
      /** Where pages name the next one: an empty page comes between any two. */
      has_gaps: z.boolean().default(false),
      /** Where pages name the next one: the last page names itself. */
      is_endless: z.boolean().default(false),
      /** Cursors are JSON numbers that no double holds. */
      has_long_cursors: z.boolean().default(false),
    })
    .prefault({ kind: 'none' }),
  faults: z.array(Fault).default([]),
  /** Each so many-th row comes twice; 0 for none. */
  repeat_every: z.number().int().min(0).default(0),
  /** Rows become visible 1 to `hours` hours after their own time, at the moment `now`. */
  late: z
    .strictObject({ hours: z.number().int().min(1), now: Moment })
    .nullable()
    .default(null),
  /** More sessions, all at one moment, such as the last one of a month. */
  border: z
    .strictObject({ time: Moment, rows: z.number().int().min(1) })
    .nullable()
    .default(null),
  /** How often users have moved or changed their name: a tenth of them each time. */
  edition: z.number().int().min(0).default(0),
});
export type Switches = z.infer<typeof Switches>;
/** Switches as they are given, in JSON. */
export type GivenSwitches = z.input<typeof Switches>;
