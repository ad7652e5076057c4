import { join } from 'node:path';
import { type Journal, openJournal } from '../journal.ts';
import {
  headOf,
  isOver,
  type Statement,
  type StatementHead,
  type StatementRequest,
  type StatementState,
  untouched,
  type WholeStatement,
} from './statement.ts';

const hour = 60 * 60 * 1_000;
const keptFor = 24 * hour;
const tokenLasts = 8 * hour;

/** All statements of the last 24 hours; survives the death of the process. */
export class StatementLog {
  /** Stored apart from the states, so that a long text is written only once; memory does not hold it. */
  private readonly requests: Journal<StatementRequest, StatementHead>;
  private readonly states: Journal<StatementState>;
  /** Progress of running statements, which is not stored. */
  private readonly progress = new Map<string, StatementState>();
  /** The newest statement of each token. */
  private readonly tokens = new Map<string, string>();

  constructor(directory: string) {
    this.requests = openJournal(join(directory, 'requests.journal'), headOf);
    this.states = openJournal(join(directory, 'states.journal'));
    for (const [id, { token }] of this.requests.entries) if (token !== undefined) this.tokens.set(token, id);
  }

  /** A request without a state is submitted, so that this is one write, which succeeds or fails. */
  add(request: StatementRequest): Statement {
    this.requests.add(request.id, request);
    if (request.token !== undefined) this.tokens.set(request.token, request.id);
    return this.of(headOf(request));
  }

  get(id: string): Statement | undefined {
    const request = this.requests.entries.get(id);
    return request && this.of(request);
  }

  /** The same statement with its texts, which are read from the disk. */
  whole({ request, state }: Statement): WholeStatement {
    const whole = this.requests.read(request.id);
    if (!whole) throw new Error(`The statement ${request.id} has expired`);
    return { request: whole, state };
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

  /** The ids of statements that are kept no longer. */
  expired(now: number): string[] {
    return [...this.requests.entries.values()].flatMap((request) =>
      request.createdAt < now - keptFor && isOver(this.of(request).state) ? [request.id] : [],
    );
  }

  remove(id: string): void {
    const token = this.requests.entries.get(id)?.token;
    this.requests.remove(id);
    this.states.remove(id);
    this.progress.delete(id);
    if (token !== undefined && this.tokens.get(token) === id) this.tokens.delete(token);
  }

  close(): void {
    this.requests.close();
    this.states.close();
  }

  private of(request: StatementHead): Statement {
    const { id, createdAt, texts } = request;
    const state = this.progress.get(id) ?? this.states.entries.get(id);
    const parts = Array.from({ length: texts }, () => untouched(createdAt));
    return { request, state: state ?? { status: 'SUBMITTED', updatedAt: createdAt, duration: -1, parts } };
  }
}
