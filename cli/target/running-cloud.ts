import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, Examined } from '../../local/cloud/index.ts';

/** The environment of the laptop cloud that runs on a state folder, as it says itself; undefined if none runs. */
export const runningCloud = async (state: string): Promise<Record<string, string> | undefined> => {
  try {
    const environment = await cloudEnvironment(state);
    const lock: Holder = JSON.parse(await readFile(join(state, 'lock'), 'utf8'));
    const holder = await whoAnswersAt(environment.AWS_ENDPOINT_URL ?? '');
    return holder.pid === lock.pid ? holder.environment : undefined;
  } catch {
    // The files are missing, or nothing answers: no cloud is running.
    return undefined;
  }
};

/** The engine of the laptop cloud at an endpoint. */
export const engineAt = async (endpoint: string): Promise<Engine> => (await whoAnswersAt(endpoint)).engine;

/** The project's SQL and rules cannot replace those of a running cloud. */
export class CannotDeploy extends Error {
  override readonly name = 'CannotDeploy';
}

/** Makes a running cloud use the project's current SQL and rules; throws `CannotDeploy` with all problems and their places. */
export const redeploy = async (endpoint: string): Promise<void> => {
  const answer = await fetch(`${endpoint}/_soundcheck/deploy`, { method: 'POST' });
  if (answer.ok) return;
  const { message } = (await answer.json()) as { message?: string };
  throw new CannotDeploy(message ?? `the cloud answered ${answer.status}`);
};

type Holder = {
  readonly pid: number;
  readonly engine: Engine;
  readonly environment: Record<string, string>;
  /** How often the sweep of the cloud runs, in milliseconds, and when it last ended. */
  readonly sweep?: { readonly every: number; readonly last: number };
  /** Epoch milliseconds since which its state cannot be written. */
  readonly full_since?: number;
};

/** How often the sweep of the laptop cloud at an endpoint runs, and when it last ended. */
export const sweepAt = async (endpoint: string): Promise<Holder['sweep']> =>
  (await whoAnswersAt(endpoint)).sweep;

/** Reads the bytes of all objects and all entries of a running cloud, and what is damaged. */
export async function* examinedAt(endpoint: string): AsyncGenerator<Examined> {
  const answer = await fetch(`${endpoint}/_soundcheck/examine`);
  let rest = '';
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}

/** Since when the state of the laptop cloud at an endpoint cannot be written, in epoch milliseconds; undefined if it can. */
export const fullSince = async (endpoint: string): Promise<Holder['full_since']> =>
  (await whoAnswersAt(endpoint)).full_since;

const whoAnswersAt = async (endpoint: string): Promise<Holder> => {
  const answer = await fetch(`${endpoint}/_soundcheck`, { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as Holder;
};

/** The `cloud.env` of a state, written by the cloud that runs on it or by the last one. */
export const cloudEnvironment = async (state: string): Promise<Record<string, string>> =>
  readLines(await readFile(join(state, 'cloud.env'), 'utf8'));

const readLines = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
