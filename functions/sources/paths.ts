/** A place in a JSON body, key by key; empty for the whole body. */
export type JsonPath = readonly string[];

const step = /\.([\w@:-]+)|\['([^'\\]+)'\]|\["([^"\\]+)"\]/g;

/** Begins with `$`, then `.key` or `['any key']`. */
export const pathText = /^\$(\.[\w@:-]+|\['[^'\\]+'\]|\["[^"\\]+"\])*$/;

/** The keys of a path such as `$.data.items` or `$['@odata.nextLink']`. */
export const pathKeys = (text: string): JsonPath =>
  [...text.matchAll(step)].map(([, plain, single, double]) => plain ?? single ?? double ?? '');
