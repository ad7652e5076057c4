import { readFile } from 'node:fs/promises';
import type { JobRun } from '../../engines/index.ts';
import type { LocalS3 } from '../s3/s3.ts';
import type { Deployment } from '../template/deployment.ts';
import type { Access, Caller, Need } from './access.ts';
import { type Lake, needsOfRun, needsOfSilver } from './job-needs.ts';

type Objects = Pick<LocalS3, 'locate' | 'put'>;

/** Checks what engines of this machine do on behalf of a role. All methods throw `AccessDenied`. */
export type JobGuard = {
  /** The access key of a job's role, by the name of its script. */
  keyOf(jobScript: string): string;
  /** Objects as a job's role may use them. */
  objectsOf(jobScript: string): Objects;
  /** What the deployed job does besides using objects, as its spec says it. */
  expectRun(run: Pick<JobRun, 'id' | 'jobScript' | 'arguments'>): Promise<void>;
  /** What the warehouse does to read the silver tables that texts of SQL name. */
  expectSilver(sqls: readonly string[]): void;
  /** Objects as the warehouse's role may write them. */
  readonly unloading: Pick<Objects, 'put'>;
};

type JobGuardOptions = {
  readonly access: Access;
  readonly deployment: Deployment;
  readonly s3: Objects;
  /** The bucket with the silver tables. */
  readonly lake: string;
};

/** Opens the checks of engines. */
export const openJobGuard = ({ access, deployment, s3, lake }: JobGuardOptions): JobGuard => {
  const { account, region, jobs, warehouseRole } = deployment;
  const jobOf = (jobScript: string) => jobs.find(({ script }) => script === jobScript);
  const keyOf = (jobScript: string): string => {
    const job = jobOf(jobScript);
    return access.keyOf(job?.role, job?.name ?? jobScript);
  };
  const callerOf = (jobScript: string) => access.callerOf(keyOf(jobScript));
  const lakeOf = (bucket: string, database = ''): Lake => ({ bucket, account, region, database });
  const warehouse = access.callerOf(access.keyOf(warehouseRole, 'RedshiftIamRoleSession'));
  const silver = jobs.find(({ database }) => database !== undefined)?.database;
  return {
    keyOf,
    objectsOf: (jobScript) => guarded(s3, access, callerOf(jobScript)),
    expectRun: async ({ id, jobScript, arguments: given }) => {
      const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(given['--spec'] ?? '') ?? [];
      const found = bucket === '' ? undefined : await s3.locate(bucket, key);
      const spec: unknown = found && JSON.parse(await readFile(found.path, 'utf8'));
      access.expect(callerOf(jobScript), needsOfRun(spec, id, lakeOf(bucket, jobOf(jobScript)?.database)));
    },
    expectSilver: (sqls) => access.expect(warehouse, needsOfSilver(sqls, lakeOf(lake, silver))),
    unloading: guarded(s3, access, warehouse),
  };
};

const guarded = (s3: Objects, access: Access, caller: Caller | undefined): Objects => {
  const expect = (action: string, bucket: string, key: string) =>
    access.expect(caller, [
      { action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}/${key}` } satisfies Need,
    ]);
  return {
    locate: async (bucket, key, version) => {
      expect(version === undefined ? 'GetObject' : 'GetObjectVersion', bucket, key);
      const found = await s3.locate(bucket, key, version);
      if (!found) access.expect(caller, [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }]);
      return found;
    },
    put: async (bucket, key, body, options) => {
      expect('PutObject', bucket, key);
      return s3.put(bucket, key, body, options);
    },
  };
};
