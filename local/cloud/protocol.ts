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
