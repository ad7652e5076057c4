const digits = 16;

const ascending = (sequence: number): string => String(sequence).padStart(digits, '0');
const descending = (sequence: number): string => ascending(Number.MAX_SAFE_INTEGER - sequence);

// A key ends with two NULs, and a NUL inside becomes NUL and 1, so that entries are sorted as the keys are, whatever bytes keys
// contain.
const within = (key: string): string => key.replaceAll('\0', '\0\u0001');
const whole = (key: string): string => `${within(key)}\0\0`;

/** The first position after everything that begins with a text: no UTF-8 text contains the byte 255. */
const behind = (text: string): Buffer => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]);

const ordered = (table: string, order: (sequence: number) => string) => ({
  atPrefix: (prefix: string): Buffer => Buffer.from(table + within(prefix)),
  behindPrefix: (prefix: string): Buffer => behind(table + within(prefix)),
  atKey: (key: string): Buffer => Buffer.from(table + whole(key)),
  behindKey: (key: string): Buffer => behind(table + whole(key)),
  entry: (key: string, sequence: number): Buffer => Buffer.from(table + whole(key) + order(sequence)),
  behindEntry: (key: string, sequence: number): Buffer => behind(table + whole(key) + order(sequence)),
});

/** Positions of entries sorted by key (UTF-8 binary), then by sequence. */
export type Positions = ReturnType<typeof ordered>;

/** Positions of a bucket's versions, a key's newest first. */
export const versionsOf = (bucket: string): Positions => ordered(`v/${bucket}/`, descending);

/** Positions of a bucket's multipart uploads, a key's oldest first. */
export const uploadsOf = (bucket: string): Positions => ordered(`u/${bucket}/`, ascending);

/** A simple table: its range, and the position of a name. */
export const tableOf = (name: string) => ({
  range: { gte: Buffer.from(`${name}/`), lt: behind(`${name}/`) },
  entry: (id: string): Buffer => Buffer.from(`${name}/${id}`),
});

/** Positions of the parts of a multipart upload, by number. */
export const partsOf = (uploadId: string) => {
  const { range, entry } = tableOf(`p/${uploadId}`);
  return { range, entry: (part: number): Buffer => entry(ascending(part)) };
};
