import type { TestEngine } from '../engines/engine.ts';
import { openModelTexts } from '../templates.ts';

/** What a macro gives on an engine, which throws where it is something else. */
export type MacroTest = {
  /** `silver`: Redshift never runs it, for landed rows are read by silver alone. `gold`: Spark never runs it. */
  readonly engines: 'all' | 'silver' | 'gold';
  readonly says: string;
  readonly run: (engine: TestEngine) => Promise<void>;
};
export type MacroTests = Readonly<Record<string, MacroTest>>;

/** Renders a text that may refer to the models `listens` and `people`. */
export const render = await openModelTexts(['listens', 'people']);
