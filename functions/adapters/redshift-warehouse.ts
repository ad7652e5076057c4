import { createHash } from 'node:crypto';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  paginateListStatements,
  RedshiftDataClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-redshift-data';
import type { Statement, StatementState, Warehouse } from '../domain/ports.ts';
import { bounded } from './bounded.ts';

const stateOf = (status: string | undefined): StatementState => {
  if (status === 'FINISHED') return 'finished';
  return status === 'FAILED' || status === 'ABORTED' ? 'failed' : 'running';
};

const statementOf = (answer: {
  Id?: string | undefined;
  Status?: string | undefined;
  Error?: string | undefined;
}): Statement => ({
  id: answer.Id ?? '',
  state: stateOf(answer.Status),
  ...(answer.Error ? { error: answer.Error } : {}),
});

/** The Redshift Data API of one workgroup and database. */
export const redshiftWarehouse = ({
  workgroup,
  database,
}: {
  workgroup: string;
  database: string;
}): Warehouse => {
  const client = new RedshiftDataClient(bounded);
  return {
    send: async (name, token, statements) => {
      const answer = await client.send(
        new BatchExecuteStatementCommand({
          WorkgroupName: workgroup,
          Database: database,
          StatementName: name,
          ClientToken: createHash('sha256').update(`${name}/${token}`).digest('hex'),
          Sqls: [...statements],
          WithEvent: true,
        }),
      );
      return answer.Id ?? '';
    },
    find: async (name) => {
      // What is asked for is the beginning of names: longer ones may stand before it.
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
