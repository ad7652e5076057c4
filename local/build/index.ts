/** Bundles of TypeScript, rebuilt only when a source has changed. Start with `bundling.ts`. */

export { bundleUnlessUpToDate } from './bundling.ts';
export { isAsMade, isUpToDate, rememberSources, statesOf } from './sources.ts';
