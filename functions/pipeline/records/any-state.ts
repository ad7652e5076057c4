type Every<Union> = Union extends unknown ? keyof Union : never;

type Value<Union, Key extends PropertyKey> = Union extends { readonly [Name in Key]?: infer Found }
  ? Found
  : never;

/** A record whatever its state, for those who only show or count: a fact that its state does not have is undefined. */
export type AnyState<Union> = { readonly [Key in keyof Union]: Union[Key] } & {
  readonly [Key in Exclude<Every<Union>, keyof Union>]?: Value<Union, Key> | undefined;
};
