import { join } from 'node:path';
import { type Journal, openJournal } from '../journal.ts';
import {
  isOver,
  type Statement,
  type StatementRequest,
  type StatementState,
  untouched,
} from './statement.ts';

const hour = 60 * 60 * 1_000;
const keptFor = 24 * hour;
const tokenLasts = 8 * hour;

/** All statements of the last 24 hours; survives the death of the process. */
export class StatementLog {
  /** Stored apart from the states, so that a long text is written only once. */
  private readonly requests: Journal<StatementRequest>;
  private readonly states: Journal<StatementState>;
  /** Progress of running statements, which is not stored. */
  private readonly progress = new Map<string, StatementState>();
  /** The newest statement of each token. */
  private readonly tokens = new Map<string, string>();

  constructor(directory: string) {
    this.requests = openJournal(join(directory, 'requests.journal'));
    this.states = openJournal(join(directory, 'states.journal'));
    for (const [id, { token }] of this.requests.entries) if (token !== undefined) this.tokens.set(token, id);
  }

  /** A request without a state is submitted, so that this is one write, which succeeds or fails. */
  add(request: StatementRequest): Statement {
    this.requests.add(request.id, request);
    if (request.token !== undefined) this.tokens.set(request.token, request.id);
    return this.of(request);
  }

  get(id: string): Statement | undefined {
    const request = this.requests.entries.get(id);
    return request && this.of(request);
  }

  /** Newest first. */
  all(): Statement[] {
    return [...this.requests.entries.values()].reverse().map((request) => this.of(request));
  }

  /** The statement that was sent with this token, as long as the token is valid. */
  byToken(token: string, now: number): Statement | undefined {
    const statement = this.get(this.tokens.get(token) ?? '');
    return statement && statement.request.createdAt > now - tokenLasts ? statement : undefined;
  }

  update(id: string, state: StatementState): void {
    this.states.add(id, state);
    this.progress.delete(id);
  }

  /** Shows the progress of a statement, until the process ends. */
  show(id: string, state: StatementState): void {
    this.progress.set(id, state);
  }

  /** Deletes old statements and returns their ids. */
  expire(now: number): string[] {
    const old = [...this.requests.entries.values()].filter(
      (request) => request.createdAt < now - keptFor && isOver(this.of(request).state),
    );
    for (const { id, token } of old) {
      this.requests.remove(id);
      this.states.remove(id);
      this.progress.delete(id);
      if (token !== undefined && this.tokens.get(token) === id) this.tokens.delete(token);
    }
    return old.map(({ id }) => id);
  }

  close(): void {
    this.requests.close();
    this.states.close();
  }

  private of(request: StatementRequest): Statement {
    const { id, createdAt, sqls } = request;
    const state = this.progress.get(id) ?? this.states.entries.get(id);
    const parts = sqls.map(() => untouched(createdAt));
    return { request, state: state ?? { status: 'SUBMITTED', updatedAt: createdAt, duration: -1, parts } };
  }
}
