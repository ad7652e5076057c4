/** Reads what the checks of one rebuild found from the files that the warehouse unloaded. */

/** What one check found: the number of rows, and the first of them; `***` replaces values that may be personal. */
export type CheckViolations = {
  readonly check: string;
  /** The file of the check. */
  readonly file: string;
  readonly severity: 'error' | 'warn';
  readonly rows: number;
  readonly first: readonly { readonly subject: string; readonly detail: string }[];
};

/** Where the rows of all checks are, below the prefix of a rebuild. */
export const checksPrefix = (unload: string): string => `${unload}checks/`;

const [rowsKept, longestText] = [5, 200];

type Line = {
  readonly check_name: string;
  readonly file: string;
  readonly severity: string;
  readonly subject: string | null;
  readonly detail: string | null;
  /** Number of rows that the check found; more than were unloaded if there are very many. */
  readonly found: number | string;
};

/** What the checks found, from the texts of the unloaded files; first the checks that fail the rebuild. */
export const readCheckViolations = (texts: readonly string[]): CheckViolations[] => {
  const lines = texts.flatMap((text) => text.split('\n').filter(Boolean).map(readLine));
  const known = lines.filter((line) => line !== undefined);
  const checks = [...new Set(known.map(({ check_name }) => check_name))];
  return checks
    .map((check) => violationOf(known.filter(({ check_name }) => check_name === check)))
    .sort(bySeverity);
};

/** An incomplete line is ignored. */
const readLine = (text: string): Line | undefined => {
  try {
    const line: Partial<Line> = JSON.parse(text);
    return typeof line.check_name === 'string' ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
};

const violationOf = (lines: readonly Line[]): CheckViolations => {
  const [{ check_name, file, severity, found } = {} as Line] = lines;
  const rows = lines
    .map(({ subject, detail }) => ({ subject: cut(subject), detail: cut(detail) }))
    .sort((a, b) => compare(a.subject, b.subject) || compare(a.detail, b.detail));
  return {
    check: check_name,
    file,
    severity: severity === 'warn' ? 'warn' : 'error',
    rows: Number(found ?? lines.length),
    first: rows.slice(0, rowsKept),
  };
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const cut = (text: string | null | undefined): string => {
  const shown = text ?? '';
  return shown.length > longestText ? `${shown.slice(0, longestText)}…` : shown;
};

const bySeverity = (a: CheckViolations, b: CheckViolations): number =>
  compare(a.severity, b.severity) || compare(a.check, b.check);
