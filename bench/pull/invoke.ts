import { pathToFileURL } from 'node:url';
import { peakMemory } from '../memory.ts';

/** What one invocation in a process of its own needed; the memory is that of the whole process. */
export type Invocation = { readonly ms: number; readonly cpu_ms: number; readonly peak_mb: number };

/** Calls the handler of a bundle once, as Lambda does, and tells the parent what it needed. */
const main = async (bundle: string, event: string): Promise<void> => {
  const { handler } = await import(pathToFileURL(bundle).href);
  const startedAt = performance.now();
  await handler(JSON.parse(event), { awsRequestId: 'bench', getRemainingTimeInMillis: () => 900_000 });
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage();
  process.send?.({ ms, cpu_ms: (user + system) / 1000, peak_mb: await peakMemory(process.pid) }, () =>
    process.exit(),
  );
};

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
