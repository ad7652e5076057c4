import { startCloud } from '../../local/cloud/cloud.ts';

/** A cloud that sweeps every second in a process of its own, to be killed: prints its environment as one line of JSON. */
const main = async (root: string, state: string): Promise<void> => {
  const { environment } = await startCloud({ root, state, sweepEvery: 1_000 });
  process.stdout.write(`${JSON.stringify(environment)}\n`);
};

const [root = '', state = ''] = process.argv.slice(2);
main(root, state).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
