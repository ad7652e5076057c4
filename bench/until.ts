import { setTimeout as sleep } from 'node:timers/promises';

type Patience = { readonly what: string; readonly everyMs: number; readonly atMostMs: number };

/** Asks again and again until there is an answer; after `atMostMs` it throws an error that names what it waited for. */
export const until = async <T>(ask: () => Promise<T | undefined>, patience: Patience): Promise<T> => {
  const deadline = performance.now() + patience.atMostMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(patience.everyMs);
  }
  throw new Error(`waited ${patience.atMostMs / 1000} s in vain for ${patience.what}`);
};
