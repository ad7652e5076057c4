import { totalmem } from 'node:os';
import type { SparkInstallation } from './installation.ts';

export type SparkFolders = {
  /** Where Spark keeps its own files: `staging/` and `lake/`, the Iceberg tables. */
  readonly root: string;
  /** For shuffles, spills and what else does not outlive a session. */
  readonly scratch: string;
};

const logging = new URL('log4j2.properties', import.meta.url).href;
const gigabyte = 2 ** 30;

/** Memory of a session's Java, which holds the data, too: two sessions leave the machine half of its memory. */
export const driverMemory = (total = totalmem()): string => (total < 8 * gigabyte ? '1g' : '2g');

/** What a session on this machine is started with; a job sets the rest, which is the same everywhere, itself. */
export const sparkSettings = (
  { jars }: SparkInstallation,
  { root, scratch }: SparkFolders,
): Record<string, string> => ({
  'spark.master': 'local[2]',
  'spark.ui.enabled': 'false',
  'spark.ui.showConsoleProgress': 'false',
  'spark.driver.host': '127.0.0.1',
  'spark.driver.bindAddress': '127.0.0.1',
  'spark.driver.memory': driverMemory(),
  'spark.driver.extraJavaOptions': javaOptions(scratch),
  'spark.local.dir': oneFolder(scratch),
  'spark.sql.warehouse.dir': `${scratch}/warehouse`,
  'spark.sql.shuffle.partitions': '2',
  'spark.jars': jars.join(','),
  'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.catalog.lake': 'org.apache.iceberg.spark.SparkCatalog',
  'spark.sql.catalog.lake.type': 'hadoop',
  'spark.sql.catalog.lake.warehouse': `${root}/lake`,
  'spark.soundcheck.root': root,
});

/** Spark takes a comma for the end of a folder, and would write beside it. */
const oneFolder = (path: string): string => {
  if (!path.includes(',')) return path;
  throw new TypeError(`${path}: Spark takes no folder with a comma in its path; name another folder`);
};

const javaOptions = (scratch: string): string =>
  [
    `-Dderby.system.home=${JSON.stringify(scratch)}`,
    // A killed Java leaves the libraries that it unpacked.
    `-Djava.io.tmpdir=${JSON.stringify(scratch)}`,
    `-Dlog4j2.configurationFile=${logging}`,
    '-Duser.timezone=UTC',
    '-XX:+ExitOnOutOfMemoryError',
  ].join(' ');
