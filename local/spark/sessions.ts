import type { SparkWorker } from './worker.ts';

export type SessionsOptions = {
  /** Starts one more process. */
  readonly open: () => SparkWorker;
  /** Milliseconds after which an idle session is ended that is not the only one. */
  readonly idleFor: number;
};

/** Sessions that wait for work; one of them is kept warm, what is more ends after a while. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #all = new Set<SparkWorker>();
  /** Those without work, the last used last, each with what ends it. */
  readonly #idle = new Map<SparkWorker, NodeJS.Timeout>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** The session that was used last, or a new one; it belongs to the caller until it is given back. */
  take(): SparkWorker {
    const session = [...this.#idle.keys()].at(-1) ?? this.#open();
    this.#dismiss(session);
    return session;
  }

  /** Keeps a session for the next caller, unless its process has ended. */
  giveBack(session: SparkWorker): void {
    if (!this.#all.has(session)) return;
    const timer = setTimeout(() => this.#endSurplus(session), this.#options.idleFor).unref();
    this.#idle.set(session, timer);
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((session) => session.kill()));
  }

  #open(): SparkWorker {
    const session = this.#options.open();
    this.#all.add(session);
    void session.ended.then(() => {
      this.#all.delete(session);
      this.#dismiss(session);
    });
    return session;
  }

  #endSurplus(session: SparkWorker): void {
    if (this.#idle.size < 2) return;
    this.#dismiss(session);
    void session.kill();
  }

  #dismiss(session: SparkWorker): void {
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
  }
}
