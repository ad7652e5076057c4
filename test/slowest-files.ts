/** How long a test file took: to be imported and to run. */
export type FileSeconds = { readonly file: string; readonly seconds: number };

/** A table of the slowest files, one a line, the slowest first, under a line that says what share of all time they took; no line for a count of 0. */
export const slowestFiles = (files: readonly FileSeconds[], count: number): string[] => {
  if (!(count > 0)) return [];
  const shown = [...files].sort((one, other) => other.seconds - one.seconds).slice(0, count);
  const share = sum(shown) / (sum(files) || 1);
  return [
    `The slowest ${shown.length} of ${files.length} test files: ${(100 * share).toFixed(0)} % of ${sum(files).toFixed(0)} s`,
    ...shown.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`),
  ];
};

const sum = (files: readonly FileSeconds[]): number => files.reduce((all, { seconds }) => all + seconds, 0);
