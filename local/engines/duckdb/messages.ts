import { type EngineStore, RunFailed } from '../../../functions/engine/index.ts';
import { PipelineError } from '../../../functions/values/index.ts';

/** The JSON in a reader's first argument. */
export type ReaderStart = {
  /** A private folder. */
  readonly scratch: string;
  /** In DuckDB's notation. */
  readonly memoryLimit: string;
  readonly threads?: number;
  /** Bytes of memory at which the process ends itself. */
  readonly mostMemory: number;
};

/** A failure in a message between the processes. */
export type Failure = { readonly name: string; readonly message: string };

/** Messages to a reader: a spec to run, then the store's answers. */
export type ReaderOrder =
  | { readonly kind: 'run'; readonly run: string; readonly spec: string }
  | { readonly kind: 'answer'; readonly call: number; readonly value?: unknown }
  | { readonly kind: 'rejection'; readonly call: number; readonly failure: Failure };

/** Messages of a reader: that it is ready, requests to the store, and the result of its run. */
export type ReaderMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly method: keyof EngineStore;
      readonly given: readonly (string | undefined)[];
    }
  | { readonly kind: 'done'; readonly line: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** A failure that another process has reported. */
export class ToldFailure extends PipelineError {
  override readonly name: string;
  constructor({ name, message }: Failure) {
    super(message);
    this.name = name;
  }
}

/** A failure as a message; DuckDB's words without values of rows. */
export const failureOf = (cause: unknown): Failure => {
  const { name, message } = cause instanceof PipelineError ? cause : new RunFailed(cause);
  return { name, message };
};
