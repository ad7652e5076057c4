import { startCloud } from '../../../local/cloud/cloud.ts';

/** A cloud in a process of its own, to be killed: prints its environment as one line of JSON once it is up. */
const [root = '', state = ''] = process.argv.slice(2);
startCloud({ root, state }).then(({ environment }) =>
  process.stdout.write(`${JSON.stringify(environment)}\n`),
);
