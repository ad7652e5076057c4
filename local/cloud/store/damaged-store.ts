/** A file of a store does not hold what was written to it. */
export class DamagedStore extends Error {
  override readonly name = 'DamagedStore';
  constructor(
    readonly file: string,
    readonly damage: string,
    options?: ErrorOptions,
  ) {
    super(
      `${file} is damaged: ${damage}. Stop the cloud and put back a copy of the state folder, or start with an empty state (--fresh)`,
      options,
    );
  }
}
