/**
 * The stamp that a build was recorded with; undefined if a source has changed or is gone, what was made is damaged, or there is no
 * record.
 */
export const stampIfCurrent: (record: string) => string | undefined;

/** Files as they are now, to be remembered as what something is made from. */
export const statesOf: (paths: readonly string[]) => Readonly<Record<string, string>>;

/** Writes a record of what something was made from, once it is all there. */
export const rememberSources: (
  record: string,
  sources: {
    readonly stamp: string;
    readonly files: Readonly<Record<string, string>>;
    /** Paths of what was made: their bytes are compared when the record is read. */
    readonly made: readonly string[];
  },
) => void;

/** Whether a file has the bytes that it was made with, as a record says. */
export const isAsMade: (record: string, path: string) => boolean;
