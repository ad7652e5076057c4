/** Days of a pull, both included, such as `2024-01-01` and `2024-01-31`. */
export type Window = { readonly from: string; readonly to: string };
