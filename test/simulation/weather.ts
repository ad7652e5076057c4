/** How bad the world is; plain numbers are probabilities. */
export type Weather = {
  readonly crashBefore: number;
  readonly crashAfter: number;
  readonly lose: number;
  readonly duplicate: number;
  /** The KPI table asks to come again later. */
  readonly throttled: number;
  /** A port call is answered only long after others. */
  readonly sleepy: number;
  /** A function that looks at its time has none left. */
  readonly hasty: number;
  /** Milliseconds between the beginnings of two rebuilds of a mart. */
  readonly interval: number;
  /** The process of this port call, counted from 1, ends there, and its invocation is not tried again. */
  readonly crashAt?: { readonly call: number; readonly moment: 'before' | 'after' };
};

/** No fault at all. */
export const fair: Weather = {
  crashBefore: 0,
  crashAfter: 0,
  lose: 0,
  duplicate: 0,
  throttled: 0,
  sleepy: 0,
  hasty: 0,
  interval: 0,
};
