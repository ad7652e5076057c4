import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startCloud } from '../local/cloud/index.ts';

/** A laptop cloud alone in its process, so that its memory can be measured separately; tells its heap to whoever asks. */
const main = async (state: string): Promise<void> => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const cloud = await startCloud({ root, state, clock: passing() });
  process.once('SIGINT', async () => {
    await cloud.stop();
    process.exit();
  });
  process.on('message', () => {
    collect();
    process.send?.(process.memoryUsage());
  });
};

/** Days that a bench moves the clock have passed: what expires in them is removed. */
const passing = (): { readonly now: () => number; readonly elapsed: () => number } => {
  const began = Date.now();
  return { now: () => Date.now(), elapsed: () => Date.now() - began };
};

/** Collects garbage, so that only what is in use is measured. */
const collect = (): void => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
};

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
