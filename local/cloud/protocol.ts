/** An error in an AWS service's answer; `name` is the code that SDKs put on the exception. */
export class ServiceError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** The entry with a name that a request gives; undefined also for a name that every object has, such as `constructor`. */
export const entryNamed = <Value>(
  entries: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(entries, name) ? entries[name] : undefined);

/** A service with AWS JSON protocol: one call per operation, errors as `ServiceError`. */
export type JsonService = {
  /**
   * `operation` is the part after the dot of `X-Amz-Target`, e.g. `StartJobRun`; `userId` is that of a role's session, undefined
   * for the administrator.
   */
  handle(
    operation: string,
    input: Record<string, unknown>,
    userId?: string,
  ): Promise<Record<string, unknown>>;
  /** The user id that made what an id names; undefined if none is known. */
  ownerOf?(id: string): string | undefined;
  close(): Promise<void>;
};

/** A new event for the local bus: an EventBridge envelope without the fields that the bus adds. */
export type BusEvent = {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Record<string, unknown>;
  readonly resources?: readonly string[];
};

/** Puts an event on the local bus; resolves when it is on disk. */
export type Publish = (event: BusEvent) => Promise<void>;
