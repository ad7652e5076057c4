/**
 * Values that every room shares: exact numbers and JSON, names, sequences, quotes of SQL, the columns of tables. Pure, and knows nothing
 * of files, batches or models. Start with `exact-number.ts`.
 */

export { parseExactly, stringifyExactly } from './exact-json.ts';
export { compareNumbers, type Digits, digitsOf, ExactNumber, isNumber, numberOf } from './exact-number.ts';
export { nameHint, nearestName } from './nearest-name.ts';
export { PipelineError } from './pipeline-error.ts';
export { paddedSequence } from './sequence.ts';
export { identifier, literal } from './sql-text.ts';
export { Column, SilverTable } from './table.ts';
