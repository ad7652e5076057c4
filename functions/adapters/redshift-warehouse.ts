import { createHash } from 'node:crypto';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  paginateListStatements,
  RedshiftDataClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-redshift-data';
import type { Statement, StatementState, Warehouse } from '../pipeline/index.ts';
import { bounded } from './bounded.ts';

/**
 * Messages of Redshift for failures that the SQL did not cause: of the connection, the session, the service, or another
 * transaction.
 */
const losses = [
  /\binternal (?:server )?error\b/i,
  /\bconnection (?:to \S+ )?(?:\S+ )?(?:was |has been |is )?(?:reset|closed|lost|refused|terminated|aborted|failure|failed|timed out)\b/i,
  /\b(?:lost|closed|terminat\w+|could not (?:open|establish)|unable to (?:open|establish)) (?:the )?connection\b/i,
  /\bcould not connect\b/i,
  /\bsession (?:was |has been |is )?(?:not available|expired|terminated|closed|ended)\b/i,
  /\bserver (?:closed|is (?:starting up|shutting down)|restart)/i,
  /\b(?:query|statement) (?:\(\d+\) )?(?:was )?(?:aborted|cancell?ed)\b/i,
  /\bserializable isolation violation\b/i,
  /\bconflict with concurrent transaction\b/i,
  /\b(?:workgroup|cluster|namespace) \S* ?is (?:not available|unavailable|paused|being modified)/i,
];

/** Quoted values in an error are data, and do not describe the failure. */
const withoutValues = (error: string): string => error.replace(/"[^"]*"|'[^']*'/g, '""');

const isLoss = (error = ''): boolean => losses.some((loss) => loss.test(withoutValues(error)));

const stateOf = (status: string | undefined, error: string | undefined): StatementState => {
  if (status === 'FINISHED') return 'finished';
  if (status === 'ABORTED') return 'lost';
  if (status !== 'FAILED') return 'running';
  return isLoss(error) ? 'lost' : 'failed';
};

const statementOf = (answer: {
  Id?: string | undefined;
  Status?: string | undefined;
  Error?: string | undefined;
}): Statement => ({
  id: answer.Id ?? '',
  state: stateOf(answer.Status, answer.Error),
  ...(answer.Error ? { error: answer.Error } : {}),
});

/** A warehouse and database; with a secret as the user that it holds, else as a user of the caller's own role. */
export type RedshiftTarget = {
  /** `workgroup/<name>` is serverless, `cluster/<identifier>` is provisioned. */
  readonly warehouse: string;
  readonly database: string;
  readonly secret?: string;
};

/** What each request of the Data API says of its target. */
export const targetOf = ({ warehouse, database, secret }: RedshiftTarget) => {
  const name = warehouse.slice(warehouse.indexOf('/') + 1);
  return {
    ...(warehouse.startsWith('cluster/') ? { ClusterIdentifier: name } : { WorkgroupName: name }),
    Database: database,
    ...(secret !== undefined && { SecretArn: secret }),
  };
};

/** The Redshift Data API: one transaction per call. A single statement runs outside of a transaction block. */
export const redshiftWarehouse = (target: RedshiftTarget): Warehouse => {
  const client = new RedshiftDataClient(bounded);
  return {
    send: async (name, token, statements) => {
      const request = {
        ...targetOf(target),
        StatementName: name,
        ClientToken: createHash('sha256').update(`${name}/${token}`).digest('hex'),
        WithEvent: true,
      };
      const [only = '', ...others] = statements;
      const { Id } =
        others.length === 0
          ? await client.send(new ExecuteStatementCommand({ ...request, Sql: only }))
          : await client.send(new BatchExecuteStatementCommand({ ...request, Sqls: [...statements] }));
      return Id ?? '';
    },
    find: async (name) => {
      // The request matches prefixes of names: longer names may come first.
      for await (const page of paginateListStatements({ client }, { StatementName: name, Status: 'ALL' })) {
        const found = page.Statements?.find((one) => one.StatementName === name);
        if (found) return statementOf(found);
      }
      return undefined;
    },
    statement: async (id) => {
      try {
        return statementOf(await client.send(new DescribeStatementCommand({ Id: id })));
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
};
