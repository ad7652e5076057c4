/**
 * Work that could not be done. Each kind has its name, its facts as fields, what it was caused by, and a message that says
 * what to do about it and shows no row's values. Bad data is no error but a value.
 */
export abstract class PipelineError extends Error {
  abstract override readonly name: string;
}
