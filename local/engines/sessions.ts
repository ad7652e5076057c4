/** A process that does one piece of work at a time. */
export type Session = {
  /** Resolves when the process has ended, for any reason. */
  readonly ended: Promise<void>;
  /** Ends the process at once. */
  kill(): Promise<void>;
};

export type SessionsOptions<Process extends Session> = {
  /** Starts one more process. */
  readonly open: () => Process;
  /** Milliseconds after which an idle session is ended, unless it is the only one. */
  readonly idleFor: number;
};

/** Idle sessions; one of them is always kept, others end after a while. */
export class Sessions<Process extends Session> {
  readonly #options: SessionsOptions<Process>;
  readonly #all = new Set<Process>();
  /** Idle sessions, the last used last, each with the timer that ends it. */
  readonly #idle = new Map<Process, NodeJS.Timeout>();

  constructor(options: SessionsOptions<Process>) {
    this.#options = options;
  }

  /** The session that was used last, or a new one; the caller gives it back. */
  take(): Process {
    const session = [...this.#idle.keys()].at(-1) ?? this.#open();
    this.#dismiss(session);
    return session;
  }

  /** Keeps a session for the next caller, unless its process has ended. */
  giveBack(session: Process): void {
    if (!this.#all.has(session)) return;
    const timer = setTimeout(() => this.#endSurplus(session), this.#options.idleFor).unref();
    this.#idle.set(session, timer);
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((session) => session.kill()));
  }

  #open(): Process {
    const session = this.#options.open();
    this.#all.add(session);
    void session.ended.then(() => {
      this.#all.delete(session);
      this.#dismiss(session);
    });
    return session;
  }

  #endSurplus(session: Process): void {
    if (this.#idle.size < 2) return;
    this.#dismiss(session);
    void session.kill();
  }

  #dismiss(session: Process): void {
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
  }
}
