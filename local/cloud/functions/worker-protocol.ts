/** The `workerData` of a worker. */
export type WorkerStart = {
  /** URL of the function's bundle and the name of its exported handler. */
  readonly bundle: string;
  readonly handler: string;
  /** File for the function's standard streams. */
  readonly log: string;
};

/** One invocation, sent to the worker. */
export type InvokeMessage = {
  readonly requestId: string;
  readonly event: unknown;
  readonly functionName: string;
  readonly functionArn: string;
  /** Megabytes. */
  readonly memory: number;
  /** Milliseconds after which the worker is stopped. */
  readonly timeout: number;
};

/** An error as Lambda shows it to callers. */
export type FunctionError = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
};

/** Messages of a worker: one when the bundle is loaded, then one per invocation. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly requestId: string; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly requestId: string; readonly error: FunctionError };
