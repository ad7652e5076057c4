/** What a worker is started with, as its `workerData`. */
export type WorkerStart = {
  /** URL of the function's bundle and the name of the handler that it exports. */
  readonly bundle: string;
  readonly handler: string;
  /** File that takes what the function writes to its standard streams. */
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
  /** Epoch milliseconds at which the worker is ended. */
  readonly deadline: number;
};

/** An error as Lambda shows it to callers. */
export type FunctionError = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
};

/** What the worker says: once when the bundle is loaded, then once for each invocation. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly requestId: string; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly requestId: string; readonly error: FunctionError };
