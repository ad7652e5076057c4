import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FunctionLog } from './log.ts';
import type { FunctionError, InvokeMessage, WorkerMessage, WorkerStart } from './worker-protocol.ts';

/** How a function is run. */
export type FunctionSettings = {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  /** Path of the bundle, and of the runtime around it. */
  readonly bundle: string;
  readonly worker: string;
  /** The complete environment of the function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds after which an invocation is stopped. */
  readonly timeout: number;
  /** Megabytes. */
  readonly memory: number;
};

/** The result of an invocation; a failure is a value, as in Lambda's answer. */
export type Outcome = { readonly requestId: string } & (
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: FunctionError }
);

/** Milliseconds that a bundle may take to load; they do not count for the timeout. */
const LOAD_TIMEOUT = 10_000;

/** One worker of a function: it runs one invocation at a time, and is dead after a crash or a timeout. */
export class Instance {
  readonly #settings: FunctionSettings;
  readonly #log: FunctionLog;
  readonly #worker: Worker;
  /** Resolves when the bundle is loaded, or when the worker died before that. */
  readonly #loaded: Promise<void>;
  #death: FunctionError | undefined;
  #settle: ((outcome: WorkerOutcome) => void) | undefined;

  /** Starts a worker, which loads its bundle in the background. */
  constructor(settings: FunctionSettings, log: FunctionLog) {
    this.#settings = settings;
    this.#log = log;
    this.#worker = startWorker(settings, log);
    this.#loaded = new Promise((resolve) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('exit', () => resolve());
      setTimeout(resolve, LOAD_TIMEOUT).unref();
    });
    this.#worker.on(
      'message',
      (message: WorkerMessage) => message.kind !== 'ready' && this.#settle?.(message),
    );
    this.#worker.on('error', (cause) => this.#die('Runtime.UnhandledError', String(cause)));
    this.#worker.on('exit', (code) => this.#die('Runtime.ExitError', `Runtime exited with code ${code}`));
  }

  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /** Runs the handler; resolves even if it fails, hangs or stops the worker. */
  async invoke(event: unknown, requestId: string = randomUUID()): Promise<Outcome> {
    await this.#loaded;
    const started = performance.now();
    this.#log.write(`START RequestId: ${requestId} Version: $LATEST`);
    const outcome = await this.#run(event, requestId);
    const duration = (performance.now() - started).toFixed(2);
    if (outcome.kind === 'failed')
      this.#log.write(`${requestId} ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
    this.#log.write(`END RequestId: ${requestId}\nREPORT RequestId: ${requestId} Duration: ${duration} ms`);
    return outcome.kind === 'answered'
      ? { requestId, ok: true, payload: outcome.payload }
      : { requestId, ok: false, error: outcome.error };
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #run(event: unknown, requestId: string): Promise<WorkerOutcome> {
    if (this.#death) return { kind: 'failed', requestId, error: this.#death };
    const timer = setTimeout(() => this.#timeOut(), this.#settings.timeout);
    const outcome = await new Promise<WorkerOutcome>((resolve) => {
      this.#settle = resolve;
      this.#worker.postMessage(messageOf(this.#settings, event, requestId));
    });
    clearTimeout(timer);
    return outcome;
  }

  #timeOut(): void {
    const seconds = (this.#settings.timeout / 1000).toFixed(2);
    this.#die('Sandbox.Timedout', `Task timed out after ${seconds} seconds`);
    this.#worker.terminate();
  }

  #die(errorType: string, errorMessage: string): void {
    this.#death ??= { errorType, errorMessage };
    this.#settle?.({ kind: 'failed', requestId: '', error: this.#death });
  }
}

type WorkerOutcome = Exclude<WorkerMessage, { kind: 'ready' }>;

const startWorker = (
  { bundle, worker, handler, environment, memory }: FunctionSettings,
  log: FunctionLog,
): Worker => {
  const start: WorkerStart = { bundle: pathToFileURL(bundle).href, handler, log: log.path };
  return new Worker(worker, {
    workerData: start,
    env: environment,
    // Functions must not get the loaders and flags of the command.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memory },
  });
};

const messageOf = (settings: FunctionSettings, event: unknown, requestId: string): InvokeMessage => ({
  requestId,
  event,
  functionName: settings.name,
  functionArn: settings.arn,
  memory: settings.memory,
  timeout: settings.timeout,
});
