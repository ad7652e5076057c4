import { endless, openReaderLake } from './reader-lake.ts';

/** Runs a transform that never ends and tells the process that it works in. */
const lake = await openReaderLake();
void lake.run(await lake.put('endless', { sql: endless })).catch(() => undefined);
const told = setInterval(() => {
  const [pid] = lake.readers.pids;
  if (pid === undefined || lake.lines.length === 0) return;
  clearInterval(told);
  console.log(pid);
}, 20);
