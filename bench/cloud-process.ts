import { fileURLToPath } from 'node:url';
import { startCloud } from '../local/cloud/index.ts';

/** A laptop cloud alone in its process, so that its memory can be measured separately. */
const main = async (state: string): Promise<void> => {
  const cloud = await startCloud({ root: fileURLToPath(new URL('..', import.meta.url)), state });
  process.once('SIGINT', async () => {
    await cloud.stop();
    process.exit();
  });
};

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
