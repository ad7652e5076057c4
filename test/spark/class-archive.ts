import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot, type SparkInstallation } from '../../local/engines/spark/installation.ts';
import { sparkSettings } from '../../local/engines/spark/settings.ts';
import { startWorker } from '../../local/engines/spark/worker.ts';

const script = fileURLToPath(new URL('class_archive.py', import.meta.url));

/** Java's classes as it loads them, so that it does not parse and verify them in each session of the tests. */
const archive = join(projectRoot, '.build', 'spark', 'classes.jsa');

/** Spark's sessions live for seconds in tests: a Java that compiles quickly rather than well. */
const quick = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** What Java is told in tests. It goes on without an archive that is not there, or holds other classes than it loads. */
export const javaOptions = `${quick} "-XX:SharedArchiveFile=${archive}"`;

/**
 * Makes the archive, unless it is there and younger than the installation. It stays empty where Java cannot make one, so
 * that this is tried once.
 */
export const makeClassArchive = async (installation: SparkInstallation): Promise<void> => {
  const [installed, before] = await Promise.all(
    [dirname(installation.jars[0] ?? ''), archive].map(changedAt),
  );
  if (before && installed && before > installed) return;
  await mkdir(dirname(archive), { recursive: true });
  const folder = await mkdtemp(join(dirname(archive), 'classes-'));
  const making = join(folder, 'classes.jsa');
  const settings = sparkSettings(installation, { root: join(folder, 'root'), scratch: folder });
  const environment = { JDK_JAVA_OPTIONS: `${quick} "-XX:ArchiveClassesAtExit=${making}"` };
  const worker = startWorker({ installation, settings, environment });
  // The process ends with its Java, in the middle of the script.
  await worker.run(script, [folder]).catch(() => undefined);
  await worker.ended;
  if (!existsSync(making)) await writeFile(making, '');
  await rename(making, archive);
  await rm(folder, { recursive: true, force: true });
};

const changedAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
