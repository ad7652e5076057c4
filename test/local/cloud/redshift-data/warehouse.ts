import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { vi } from 'vitest';
import type { BusEvent, JsonService } from '../../../../local/cloud/protocol.ts';
import {
  openRedshiftData,
  type RedshiftDataOptions,
} from '../../../../local/cloud/redshift-data/redshift-data.ts';
import { target } from './target.ts';

type Answer = Record<string, unknown> & { Id: string; Status: string };

/** A Data API on a database of its own, with a folder for an object store and a list for a bus. */
export const openWarehouse = async (more: Partial<RedshiftDataOptions> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'redshift-data-'));
  const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'), { threads: '2' });
  const events: BusEvent[] = [];
  const objects = new Map<string, string>();
  const opened = new Set<JsonService>();
  const put = async (bucket: string, key: string, body: { path: string } | Buffer): Promise<void> => {
    if (bucket === 'full') throw new Error('the store is full');
    objects.set(`${bucket}/${key}`, 'path' in body ? readFileSync(body.path, 'utf8') : String(body));
  };
  const open = async (
    directory = join(folder, 'api'),
    refresh: () => Promise<void> = async () => {},
  ): Promise<JsonService> => {
    const publish = async (event: BusEvent) => void events.push(event);
    const api = await openRedshiftData({
      directory,
      instance,
      store: { put },
      publish,
      region: 'eu-west-1',
      account: '000000000000',
      refresh,
      ...more,
    });
    opened.add(api);
    return api;
  };
  const describe = async (api: JsonService, id: string): Promise<Answer> =>
    (await api.handle('DescribeStatement', { Id: id, WaitTimeSeconds: 20 })) as Answer;
  const shut = async (api: JsonService): Promise<void> => {
    opened.delete(api);
    await api.close();
  };
  return {
    events,
    objects,
    open,
    shut,
    describe,
    /** Runs SQL texts to their end. */
    execute: async (api: JsonService, sqls: string[], more = {}): Promise<Answer> => {
      const { Id } = await api.handle('BatchExecuteStatement', { ...target, Sqls: sqls, ...more });
      return describe(api, String(Id));
    },
    rows: async (sql: string) => {
      const connection = await instance.connect();
      const reader = await connection.runAndReadAll(sql);
      connection.closeSync();
      return reader.getRowsJson();
    },
    /** The next commit succeeds, but its answer is lost. */
    loseNextCommit: (): void => {
      const connect = instance.connect.bind(instance);
      instance.connect = async () => {
        const connection = await connect();
        const run = connection.run.bind(connection);
        connection.run = async (sql, ...values) => {
          const answer = await run(sql, ...values);
          if (sql !== 'commit') return answer;
          instance.connect = connect;
          throw new Error('the answer was lost');
        };
        return connection;
      };
    },
    /** The API's folder as a killed process would leave it now. */
    snapshot: (name: string): string => {
      cpSync(join(folder, 'api'), join(folder, name), { recursive: true });
      return join(folder, name);
    },
    announced: (states: readonly string[]) =>
      vi.waitFor(() => {
        const found = events.map(({ detail }) => detail.state);
        if (found.join() !== states.join()) throw new Error(`announced ${found}, not ${states}`);
      }),
    close: async () => {
      await Promise.all([...opened].map(shut));
      instance.closeSync();
      rmSync(folder, { recursive: true });
    },
  };
};
export type Warehouse = Awaited<ReturnType<typeof openWarehouse>>;
