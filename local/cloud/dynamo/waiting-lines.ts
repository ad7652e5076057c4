import { AsyncResource } from 'node:async_hooks';
import { holding } from '../last-resort.ts';

type Done = (...answers: readonly never[]) => void;
type Release = (done?: Done) => Done;
type Lock = (keys: string | readonly string[], work: (release: Release) => void) => void;

/**
 * A lock for the writes of dynalite, instead of its own: an error in the middle of a write, which its own lock would keep for
 * ever, releases the keys and fails the request that asked for them. Keys of one call are all different.
 */
export const openLock = (): Lock => {
  /** Who waits for each key; the first one holds it. */
  const lines = new Map<string, (() => void)[]>();
  const join = (key: string, isNext: () => void): void => {
    const line = lines.get(key);
    if (line) line.push(isNext);
    else {
      lines.set(key, [isNext]);
      isNext();
    }
  };
  const leave = (key: string): void => {
    const [, ...others] = lines.get(key) ?? [];
    const [next] = others;
    if (!next) return void lines.delete(key);
    lines.set(key, others);
    // Who leaves answers first.
    setImmediate(next);
  };
  return (given, work) => {
    const keys = [given].flat();
    let [missing, isHeld] = [keys.length, true];
    const free = (): void => {
      if (isHeld) for (const key of keys) leave(key);
      isHeld = false;
    };
    const release: Release =
      (done) =>
      (...answers) => {
        free();
        done?.(...answers);
      };
    // The line goes on in the turn of somebody else's request.
    const begin = AsyncResource.bind(() => holding(free, () => work(release)));
    const isNext = (): void => {
      missing -= 1;
      if (missing === 0) begin();
    };
    for (const key of keys) join(key, isNext);
  };
};
