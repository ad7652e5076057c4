import { type EngineStore, RunFailed } from '../../../functions/engine/index.ts';
import { PipelineError } from '../../../functions/values/index.ts';

/** What a reader is started with, as JSON in its first argument. */
export type ReaderStart = {
  /** A folder of its own. */
  readonly scratch: string;
  /** As DuckDB writes it. */
  readonly memoryLimit: string;
  readonly threads?: number;
  /** Bytes of memory at which the process ends itself. */
  readonly mostMemory: number;
};

/** A failure as it goes from one process to the other. */
export type Failure = { readonly name: string; readonly message: string };

/** What a reader is told: to run a spec, then the store's answers. */
export type ReaderOrder =
  | { readonly kind: 'run'; readonly run: string; readonly spec: string }
  | { readonly kind: 'answer'; readonly call: number; readonly value?: unknown }
  | { readonly kind: 'rejection'; readonly call: number; readonly failure: Failure };

/** What a reader says: that it is there, what it wants of the store, and how its run ended. */
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

/** A failure that another process has told of. */
export class ToldFailure extends PipelineError {
  override readonly name: string;
  constructor({ name, message }: Failure) {
    super(message);
    this.name = name;
  }
}

/** How a failure is told; words of DuckDB without a row's values. */
export const failureOf = (cause: unknown): Failure => {
  const { name, message } = cause instanceof PipelineError ? cause : new RunFailed(cause);
  return { name, message };
};
