import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, type CloudOptions, startCloud } from '../../local/cloud/cloud.ts';
import { newState } from './new-state.ts';
import { type Pipeline, pipelineAt } from './pipeline.ts';

/** A cloud on a new state and its pipeline. */
export type Laptop = Pipeline & {
  readonly cloud: Cloud;
  /** The state folder. */
  readonly state: string;
  /** Ends the cloud and takes its state away. */
  stop(): Promise<void>;
};

/** Starts a cloud on a temporary state, from this project and calm unless told otherwise. */
export const startLaptop = async (options: Partial<CloudOptions> = {}): Promise<Laptop> => {
  const state = options.root ? await mkdtemp(join(tmpdir(), 'end-to-end-')) : await newState(options.engine);
  const remove = () => rm(state, { recursive: true, force: true });
  try {
    const cloud = await startCloud({ root: process.cwd(), state, ...options });
    const stop = () => cloud.stop().finally(remove);
    return { ...pipelineAt(cloud.environment), cloud, state, stop };
  } catch (cause) {
    await remove();
    throw cause;
  }
};
