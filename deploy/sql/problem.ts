/** A problem in `rules/` or `sql/`, with its place; `line` and `column` count from 1. */
export type Problem = {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
};

/** All problems of a project, one line each: `file:line:column message`. */
export class ProjectProblems extends Error {
  override readonly name = 'ProjectProblems';

  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = inOrder(problems);
    super(sorted.map(asLine).join('\n'));
    this.problems = sorted;
  }
}

/** By file, then by place, each once. */
const inOrder = (problems: readonly Problem[]): Problem[] => {
  const once = new Map(problems.map((problem) => [asLine(problem), problem]));
  return [...once.values()].sort(
    (one, other) =>
      compare(one.file, other.file) ||
      (one.line ?? 0) - (other.line ?? 0) ||
      (one.column ?? 0) - (other.column ?? 0) ||
      compare(one.message, other.message),
  );
};

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

const asLine = ({ file, line, column, message }: Problem): string =>
  `${[file, line, column].filter((part) => part !== undefined).join(':')} ${message}`;

/** The first place of a text in a file's source; empty if it is not there. */
export const placeOf = (source: string, text: string): Pick<Problem, 'line' | 'column'> => {
  const offset = source.indexOf(text);
  if (offset < 0) return {};
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};
