import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { DamagedState } from '../../state/index.ts';
import { entryNamed, type JsonService, ServiceError } from '../protocol.ts';
import type { Retention } from '../retention/retention.ts';
import type { Statements } from './execution.ts';
import type { Outcomes } from './outcomes.ts';
import { bindParameters } from './parameters.ts';
import * as requests from './requests.ts';
import { type ResultFiles, rowsPerPage } from './result-files.ts';
import { describeStatement, describeSubmission, listStatement, type Statement } from './statement.ts';
import type { StatementLog } from './statement-log.ts';

const mostActive = 500;
const hour = 60 * 60_000;

type Submission = requests.Submission & { readonly owner: string | undefined };
type Operation = (input: object, userId?: string) => Promise<Record<string, unknown>>;

/** The operations of the Redshift Data API that the pipeline and its tools need. */
export class DataApi implements JsonService {
  private readonly operations: Readonly<Record<string, Operation>> = {
    ExecuteStatement: (input, userId) => {
      const given = requests.parseInput(requests.ExecuteStatement, input);
      return this.submit({ ...given, owner: userId }, [given.Sql], false);
    },
    BatchExecuteStatement: (input, userId) => {
      const given = requests.parseInput(requests.BatchExecuteStatement, input);
      return this.submit({ ...given, owner: userId }, given.Sqls, true);
    },
    DescribeStatement: async (input) => {
      const given = requests.parseInput(requests.DescribeStatement, input);
      return describeStatement(this.log.whole(await this.settled(given)));
    },
    GetStatementResult: async (input) => {
      const given = requests.parseInput(requests.GetStatementResult, input);
      return this.resultPage(given.Id, Number(given.NextToken), await this.settled(given));
    },
    ListStatements: async (input, userId) =>
      this.list(ofRole(this.log.all(), userId), requests.parseInput(requests.ListStatements, input)),
    CancelStatement: async (input) => this.cancel(requests.parseInput(requests.CancelStatement, input).Id),
  };

  constructor(
    private readonly log: StatementLog,
    private readonly results: ResultFiles,
    private readonly statements: Statements,
    private readonly outcomes: Outcomes,
  ) {}

  async handle(
    operation: string,
    input: Record<string, unknown>,
    userId?: string,
  ): Promise<Record<string, unknown>> {
    const answer = entryNamed(this.operations, operation);
    if (answer) return answer(input, userId);
    throw new ServiceError('UnknownOperationException', `The Data API on this machine has no ${operation}.`);
  }

  ownerOf(id: string): string | undefined {
    return this.log.get(statementOf(id))?.request.owner;
  }

  async close(): Promise<void> {
    await this.statements.close();
    this.log.close();
  }

  private async submit(given: Submission, sqls: readonly string[], isBatch: boolean) {
    requests.expectSubmittable(given, sqls);
    bindParameters(sqls, given.Parameters ?? []);
    const known =
      given.ClientToken === undefined ? undefined : this.log.byToken(given.ClientToken, Date.now());
    const { request } = known ?? this.start(given, sqls, isBatch);
    return describeSubmission(await this.settled({ Id: request.id, WaitTimeSeconds: given.WaitTimeSeconds }));
  }

  private start(given: Submission, sqls: readonly string[], isBatch: boolean): Statement {
    if (this.statements.active >= mostActive) {
      throw new ServiceError(
        'ActiveStatementsExceededException',
        `${mostActive} statements are active already`,
      );
    }
    return this.statements.submit({
      id: randomUUID(),
      sqls,
      isBatch,
      parameters: given.Parameters ?? [],
      name: given.StatementName,
      token: given.ClientToken,
      withEvent: given.WithEvent,
      createdAt: Date.now(),
      owner: given.owner,
      target: targetOf(given),
    });
  }

  /** The statement after it has ended, or its state after that many seconds. */
  private async settled({
    Id,
    WaitTimeSeconds,
  }: {
    Id: string;
    WaitTimeSeconds: number;
  }): Promise<Statement> {
    const { request } = this.find(Id);
    await this.statements.settled(request.id, WaitTimeSeconds);
    return this.find(Id);
  }

  private async resultPage(id: string, page: number, { state }: Statement): Promise<Record<string, unknown>> {
    const part = state.parts[Number(id.split(':')[1] ?? 1) - 1];
    const { rows = -1, hasResultSet = false } = part ?? {};
    if (state.status === 'FINISHED' && hasResultSet && page < Math.max(1, Math.ceil(rows / rowsPerPage)))
      return this.results.read(id, page).catch(damaged);
    const message = 'Query does not have result. Please check query status with DescribeStatement.';
    throw new ServiceError('ResourceNotFoundException', message);
  }

  private cancel(id: string): Record<string, unknown> {
    const { request, state } = this.find(id);
    if (this.statements.cancel(request.id)) return { Status: true };
    throw requests.invalid(
      `Could not cancel a query that is already in ${state.status} state with ID: ${id}`,
    );
  }

  private list(all: readonly Statement[], given: z.infer<typeof requests.ListStatements>) {
    const { page, next } = pageOf(all, given);
    return { Statements: page.map((statement) => listStatement(this.log.whole(statement))), ...next };
  }

  /** The id may name a sub-statement: `<id>:2`. */
  private find(id: string): Statement {
    const statement = this.log.get(statementOf(id));
    if (statement) return statement;
    throw new ServiceError('ResourceNotFoundException', 'Query does not exist.');
  }

  /** Removes statements and their results a day after they were sent. */
  get retention(): Retention {
    return { name: 'Statements', every: hour, round: (now) => this.removeOld(now) };
  }

  private async *removeOld(now: number): AsyncGenerator<void, void, void> {
    for (const id of this.log.expired(now)) {
      // First, because nobody looks for results of a statement that is gone.
      await this.results.remove(id);
      this.log.remove(id);
      yield;
    }
    await this.outcomes.expire(now);
  }
}

const targetOf = ({ Database, WorkgroupName, ClusterIdentifier, DbUser, SecretArn }: requests.Submission) =>
  Object.fromEntries(
    Object.entries({ Database, WorkgroupName, ClusterIdentifier, DbUser, SecretArn }).flatMap(
      ([name, value]) => (value === undefined ? [] : [[name, value]]),
    ),
  );

const damaged = (error: unknown): never => {
  if (error instanceof DamagedState) throw new ServiceError('InternalServerException', error.message, 500);
  throw error;
};

const statementOf = (id: string): string => id.replace(/:.*/, '');

/** A role sees the statements that sessions of it have sent; the administrator of this machine sees all. */
const ofRole = (all: readonly Statement[], userId: string | undefined): readonly Statement[] => {
  if (userId === undefined) return all;
  const [role] = userId.split(':');
  return all.filter(({ request }) => request.owner?.split(':')[0] === role);
};

const pageOf = (all: readonly Statement[], given: z.infer<typeof requests.ListStatements>) => {
  const matching = all.filter(
    ({ request, state }) =>
      (request.name ?? '').startsWith(given.StatementName) &&
      (given.Status === 'ALL' || state.status === given.Status) &&
      (given.Database === undefined || request.target.Database === given.Database) &&
      (given.WorkgroupName === undefined || request.target.WorkgroupName === given.WorkgroupName),
  );
  const start =
    given.NextToken === undefined
      ? 0
      : matching.findIndex(({ request }) => request.id === given.NextToken) + 1;
  const page = matching.slice(start, start + (given.MaxResults || 100));
  const last = page.at(-1);
  const next = last && start + page.length < matching.length ? { NextToken: last.request.id } : {};
  return { page, next };
};
