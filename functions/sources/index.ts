/**
 * What is decided about sources: windows, and whether what was pulled may land. Pure; adapters read the sources themselves. Start
 * with `guards.ts`.
 */

export type { Window } from './window.ts';
