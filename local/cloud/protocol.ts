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
  /** `operation` is the part after the dot of `X-Amz-Target`, e.g. `StartJobRun`. */
  handle(operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
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
