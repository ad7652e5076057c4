import { totalmem } from 'node:os';
import type { SparkInstallation } from './installation.ts';

export type SparkFolders = {
  /** Folder of Spark's own files: `staging/` and `lake/`, the Iceberg tables. */
  readonly root: string;
  /** For shuffles, spills and other files that end with the session. */
  readonly scratch: string;
};

const logging = new URL('log4j2.properties', import.meta.url).href;
const gigabyte = 2 ** 30;

/** Memory of a session's Java, which also holds the data: two sessions leave half of the machine's memory free. */
export const driverMemory = (total = totalmem()): string => (total < 8 * gigabyte ? '1g' : '2g');

/** Settings of a session on this machine; those that are the same everywhere are set by the jobs. */
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

/** Spark would cut the path at the comma and write into another folder. */
const oneFolder = (path: string): string => {
  if (!path.includes(',')) return path;
  throw new TypeError(`${path}: Spark cannot use a folder with a comma in its path; name another folder`);
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
