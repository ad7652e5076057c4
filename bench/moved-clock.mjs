import { readFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

/**
 * Loaded with `--import` into a process, moves its clock, and that of all its worker threads, by the milliseconds that the
 * file `MOVED_CLOCK` holds; the file may change at any moment. Timers and `performance.now()` go on as before, as they do when
 * somebody sets the clock of a machine.
 */

const name = 'moved-clock';
const everyMs = 20;

/** How far the clock is moved, shared by all threads. */
const offset = isMainThread ? new Float64Array(new SharedArrayBuffer(8)) : getEnvironmentData(name);

const RealDate = Date;
const realNow = Date.now;
const now = () => Math.round(realNow() + offset[0]);

RealDate.now = now;
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, given, asked) =>
    Reflect.construct(
      target,
      given.length === 0 ? [now()] : given,
      asked === globalThis.Date ? target : asked,
    ),
});

/** Reads the file synchronously, so that a process begins with the time that it says. */
const follow = (path) => {
  const read = () => {
    try {
      offset[0] = Number(readFileSync(path, 'utf8')) || 0;
    } catch {
      // The file is being written, or is not there yet.
    }
  };
  read();
  setInterval(read, everyMs).unref();
};

/** Threads load this module too, although the cloud gives them options of their own. */
const moveThreads = () => {
  setEnvironmentData(name, offset);
  const threads = createRequire(import.meta.url)('node:worker_threads');
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file, options = {}) {
      super(file, { ...options, execArgv: [...(options.execArgv ?? []), '--import', import.meta.url] });
    }
  };
  syncBuiltinESMExports();
};

if (isMainThread && process.env.MOVED_CLOCK) {
  follow(process.env.MOVED_CLOCK);
  moveThreads();
}
