/**
 * What `soundcheck doctor` asks AWS about a stage. It only reads. The functions of the pipeline use none of it. Start with
 * `stage.ts`; each other file asks one service.
 */

export { deadLetters } from './dead-letters.ts';
export { type Stage, stageAt } from './stage.ts';
