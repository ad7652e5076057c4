import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { findSpark, type SparkInstallation } from '../engines/index.ts';
import { writeWhole } from '../state/index.ts';

/** The engine of Glue's jobs on this machine. */
export type Engine = Catalog['engine'];

export const engines: readonly Engine[] = ['duckdb', 'spark'];
export const usualEngine: Engine = 'duckdb';

/** An engine that is installed. */
export type FoundEngine =
  | { readonly name: 'duckdb' }
  | { readonly name: 'spark'; readonly installation: SparkInstallation };

/** The state was started with another engine than the requested one. */
export class OtherEngine extends Error {
  override readonly name = 'OtherEngine';
  constructor(
    readonly state: string,
    readonly begunWith: Engine,
    readonly asked: Engine,
  ) {
    super(
      `${state} was started with --engine ${begunWith}, and ${asked} cannot read its tables; ` +
        `continue with --engine ${begunWith}, start again with --fresh, or use another folder with --state`,
    );
  }
}

/** Spark was requested, but is not installed. */
export class SparkIsMissing extends Error {
  override readonly name = 'SparkIsMissing';
  constructor() {
    super('Spark is not set up on this machine: run `npm run spark:setup` (it needs Python 3.10 to 3.12)');
  }
}

/** The engine of a state folder: the first engine of the state, else the requested one. Throws `OtherEngine`. */
export const engineOfState = (state: string, asked?: Engine): Engine => {
  const begunWith = rememberedEngine(state);
  if (begunWith && asked && begunWith !== asked) throw new OtherEngine(state, begunWith, asked);
  return begunWith ?? asked ?? usualEngine;
};

/** Records the engine of a new state. */
export const rememberEngine = (state: string, engine: Engine): void => {
  const path = recordIn(state);
  const isKnown = existsSync(path) && readFileSync(path, 'utf8').trim() === engine;
  if (!isKnown) writeWhole([{ path, content: `${engine}\n` }]);
};

/** Finds an engine; `spark` is where `npm run spark:setup` put it. Throws `SparkIsMissing`. */
export const findEngine = (name: Engine): FoundEngine => {
  if (name === 'duckdb') return { name };
  const installation = findSpark();
  if (!installation) throw new SparkIsMissing();
  return { name, installation };
};

/** A record that is missing or damaged is made again from what the engines leave: Spark has a folder of its own. */
const rememberedEngine = (state: string): Engine | undefined => {
  const record = recordIn(state);
  const text = existsSync(record) ? readFileSync(record, 'utf8').trim() : '';
  const named = engines.find((engine) => engine === text);
  if (named) return named;
  if (existsSync(join(state, 'spark'))) return 'spark';
  return existsSync(join(state, 'warehouse.duckdb')) ? 'duckdb' : undefined;
};

const recordIn = (state: string): string => join(state, 'engine');
