import { startCloud } from '../../../local/cloud/cloud.ts';

/**
 * A cloud with all services in a process of its own. Prints its environment as one line of JSON; answers each message with
 * what it holds in memory after a collection.
 */
const main = async (root: string, state: string): Promise<void> => {
  const { environment } = await startCloud({ root, state, sweepEvery: 10_000, params: { realtime: 'true' } });
  process.on('message', () => {
    globalThis.gc?.();
    process.send?.(process.memoryUsage());
  });
  process.stdout.write(`${JSON.stringify(environment)}\n`);
};

const [root = '', state = ''] = process.argv.slice(2);
main(root, state).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
