/** What always helps against damage. */
const putBack = 'put back a copy of the state folder, or start with an empty one (--fresh)';

/** A file of a state does not have what was written to it. The message names the file, and what to do next. */
export class DamagedState extends Error {
  override readonly name = 'DamagedState';
  constructor(
    readonly file: string,
    readonly damage: string,
    /** What to do next, as the rest of a sentence. */
    readonly next = putBack,
    options?: ErrorOptions,
  ) {
    super(`${file} is damaged: ${damage}; ${next}`, options);
  }
}
