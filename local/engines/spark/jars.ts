import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';

/** SHA-256 of each jar, by file name; `ivy.xml` has their coordinates. */
const jarSums: Readonly<Record<string, string>> = {
  'iceberg-spark-runtime-3.5_2.12-1.10.0.jar':
    '70f9471870b2d456167d703c829f098a446b86bb1379eee338c0efa03a341026',
  'deequ-2.1.0-spark-3.5.jar': 'ab902814dec56dc39ff16d1c5c80e7101a5dff8c1aa380fdafce522da1cd1546',
  'dqdl-1.0.0.jar': '8382887bd34e23a426e3824520e69ba59e9666f567a4f7bad2a6b40348cdaa6e',
};

/** A jar differs from the one that this project was built with. */
export class WrongJar extends Error {
  override readonly name = 'WrongJar';
  constructor(jar: string, sum: string | undefined, expected: string) {
    super(
      sum === undefined
        ? `${jar} was not found in the Maven repository`
        : `${jar} has the SHA-256 ${sum}, expected ${expected}; it was removed`,
    );
  }
}

/** Java does not trust the server. */
export class UntrustedRepository extends Error {
  override readonly name = 'UntrustedRepository';
  constructor(cause: unknown) {
    super(
      'Java does not know the certificate of the Maven repository; if the network has its own certificate authority, name its store: ' +
        'JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/etc/ssl/certs/java/cacerts npm run spark:setup',
      { cause },
    );
  }
}

export type JarsOptions = {
  readonly java: string;
  /** PySpark's own Ivy. */
  readonly ivy: string;
  readonly log: (line: string) => void;
};

/** Jars that a folder lacks, or has with other bytes; none means that it is complete. */
export const wrongJars = async (folder: string, sums = jarSums): Promise<WrongJar[]> => {
  const found = new Set(await readdir(folder).catch(() => []));
  const validated = Object.entries(sums).map(async ([jar, expected]) => {
    const sum = found.has(jar) ? await sumOf(join(folder, jar)) : undefined;
    return sum === expected ? [] : [new WrongJar(jar, sum, expected)];
  });
  return (await Promise.all(validated)).flat();
};

/** Fetches the jars into a folder, all or none; rejects with `WrongJar`, `UntrustedRepository` or `CommandFailed`. */
export const fetchJars = async (folder: string, { java, ivy, log }: JarsOptions, sums = jarSums) => {
  const fresh = `${folder}.new`;
  try {
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    await runIvy(fresh, { java, ivy, log });
    const [wrong] = await wrongJars(fresh, sums);
    if (wrong) throw wrong;
    await rm(join(fresh, 'cache'), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
};

const runIvy = (folder: string, { java, ivy, log }: JarsOptions): Promise<unknown> =>
  runCommand(java, ['-jar', ivy, ...ivyArguments(folder)], (line) => {
    const [, jar, milliseconds] = /\[SUCCESSFUL ?\].*!(\S+) \((\d+)ms\)/.exec(line) ?? [];
    if (jar) log(`  ${jar} in ${(Number(milliseconds) / 1_000).toFixed(1)} s`);
  }).catch((error) => {
    throw /PKIX|certification path/.test(String(error)) ? new UntrustedRepository(error) : error;
  });

const ivyArguments = (folder: string): string[] => [
  ...['-m2compatible', '-cache', join(folder, 'cache')],
  ...['-ivy', fileURLToPath(new URL('ivy.xml', import.meta.url)), '-confs', 'default'],
  ...['-retrieve', join(folder, '[artifact]-[revision].[ext]')],
];

const sumOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};
