type Every<Union> = Union extends unknown ? keyof Union : never;

type Value<Union, Key extends PropertyKey> = Union extends { readonly [Name in Key]?: infer Found }
  ? Found
  : never;

/** A record in any state, for code that only shows or counts: facts that its state does not have are undefined. */
export type AnyState<Union> = { readonly [Key in keyof Union]: Union[Key] } & {
  readonly [Key in Exclude<Every<Union>, keyof Union>]?: Value<Union, Key> | undefined;
};
