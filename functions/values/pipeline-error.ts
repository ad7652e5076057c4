/**
 * Work that could not be done. Each kind has its name, its facts as fields, its cause, and a message that says what to do and
 * shows no values of rows. Bad data is not an error but a value.
 */
export abstract class PipelineError extends Error {
  abstract override readonly name: string;
}
