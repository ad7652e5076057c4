/** A value that is fetched when it is needed, once for everybody who waits for it. */
export type SharedValue<Value> = {
  get(): Promise<Value>;
  /** Forgets a value, so that the next `get` fetches another; without effect if it was replaced already. */
  forget(stale: Value): void;
};

/** A failed fetch is not kept; neither is a value that is over. */
export const sharedValue = <Value>(
  fetch: () => Promise<Value>,
  isOver: (value: Value) => boolean = () => false,
): SharedValue<Value> => {
  let pending: Promise<Value> | undefined;
  let held: { readonly value: Value } | undefined;
  const start = async (): Promise<Value> => {
    try {
      const value = await fetch();
      held = { value };
      return value;
    } finally {
      pending = undefined;
    }
  };
  return {
    get: async () => {
      if (held && isOver(held.value)) held = undefined;
      if (held) return held.value;
      pending ??= start();
      return pending;
    },
    forget: (stale) => {
      if (held?.value === stale) held = undefined;
    },
  };
};
