/** An error that an AWS service would answer with; `name` is the code that SDKs put on the exception. */
export class ServiceError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** A service that speaks AWS JSON: one call an operation, errors as `ServiceError`. */
export type JsonService = {
  /** `operation` is what follows the dot of `X-Amz-Target`, e.g. `StartJobRun`. */
  handle(operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
};

/** What goes onto the local event bus: an EventBridge envelope without the fields that the bus adds. */
export type BusEvent = {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Record<string, unknown>;
  readonly resources?: readonly string[];
};

/** Puts an event on the local bus; resolves once it is durable. */
export type Publish = (event: BusEvent) => Promise<void>;
