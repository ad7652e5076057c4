/**
 * Values that every room uses: exact numbers and JSON, names, sequences, the columns of tables. Pure; independent of files,
 * batches and models. Start with `exact-number.ts`.
 */

export { parseExactly, stringifyExactly } from './exact-json.ts';
export { compareNumbers, type Digits, digitsOf, ExactNumber, isNumber, numberOf } from './exact-number.ts';
export { nameHint, nearestName } from './nearest-name.ts';
export { PipelineError } from './pipeline-error.ts';
export { redshiftReservedWords } from './redshift-words.ts';
export { paddedSequence } from './sequence.ts';
export { identifier, literal } from './sql-text.ts';
export { Column, SilverTable } from './table.ts';
