import type { Clock, Timer } from '../pipeline/index.ts';
import { BrokenBody, type RestSource, retryWait, SourceFailed } from '../sources/index.ts';
import { asTryFailed, TryFailed } from './rest-request.ts';

/** The tries of one request, with pauses between them; each try has the same limit of time. */
export class RestTries {
  private attempt = 0;
  private over = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: RestSource['limits'],
    private readonly clock: Clock & Timer,
    /** Without query. */
    private readonly url: string,
    private readonly page?: number,
  ) {}

  /** Begins a try; the signal is set when its time is over. */
  begin(): AbortSignal {
    this.attempt++;
    this.over = new AbortController();
    const { over } = this;
    this.timer = setTimeout(() => over.abort(), this.limits.request_seconds * 1000);
    return over.signal;
  }

  end(): void {
    clearTimeout(this.timer);
  }

  /** Waits for the time of the next try; throws `SourceFailed` if there is none. */
  async failed(error: unknown): Promise<void> {
    this.end();
    if (error instanceof SourceFailed) throw error;
    const { reason, mayRetry, facts, cause } = this.understood(error);
    if (!mayRetry || this.attempt > this.limits.retries) throw this.failure(reason, facts.status, cause);
    await this.clock.wait(
      retryWait({
        attempt: this.attempt,
        retryAfter: facts.retryAfter,
        now: this.clock.now(),
        longest: this.limits.retry_after_seconds,
        random: Math.random(),
      }),
    );
  }

  private understood(error: unknown): TryFailed {
    return error instanceof BrokenBody
      ? new TryFailed(error.message, error.endsEarly)
      : asTryFailed(error, this.over.signal);
  }

  private failure(reason: string, status: number | undefined, cause: unknown): SourceFailed {
    const facts = {
      url: this.url,
      ...(this.page === undefined ? {} : { page: this.page }),
      ...(status === undefined ? {} : { status }),
      attempt: this.attempt,
    };
    return new SourceFailed(reason, facts, cause === undefined ? undefined : { cause });
  }
}
