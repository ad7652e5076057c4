import type { CheckViolations } from './check-violations.ts';
import type { Mart, Model } from './model.ts';
import type { RebuildSpec } from './rebuild-spec.ts';
import { ancestorsOf } from './references.ts';

/** Why a rebuild failed, as text: the checks that stopped it, or the file whose SQL failed. */

type Failed = {
  /** The warehouse's message for the statement. */
  readonly error: string;
  readonly spec: Pick<RebuildSpec, 'statements' | 'paths'> | undefined;
  readonly checks: readonly CheckViolations[];
};

/** One line, without values that may be personal. */
export const failureReason = (mart: Mart, { error, spec, checks }: Failed): string => {
  const broken = checks.filter(({ severity }) => severity === 'error').map(({ check }) => check);
  if (broken.length > 0) return `${broken.length === 1 ? 'a check' : 'checks'} failed: ${broken.join(', ')}`;
  const at = statementOf(error);
  const path = spec?.paths?.[at] ?? '';
  const message = firstLine(error);
  const said = mayBePersonal(mart, path) ? withoutValues(message, spec?.statements[at] ?? '') : message;
  return path === '' ? said : `${path}: ${said}`;
};

/** Position of the statement that failed: the service counts from 1 in its message. */
const statementOf = (error: string): number => Number(/^Query #(\d+) /.exec(error)?.[1] ?? 0) - 1;

const longestReason = 500;

/** Without the service's prefix, and without what the database appends: the text of the SQL, and places in its own code. */
const firstLine = (error: string): string => {
  const [line = ''] = error
    .replace(/^Query #\d+ failed with /, '')
    .replace(/^ERROR:\s*/i, '')
    .trim()
    .split(/\s*\n/);
  return line.length > longestReason ? `${line.slice(0, longestReason)}…` : line;
};

/** True unless the file is known and neither it nor anything it reads has a column with personal values. */
const mayBePersonal = ({ models }: Mart, path: string): boolean => {
  const own = models.filter((model) => model.path === path);
  const concerned: readonly Model[] =
    own.length === 0 ? models : [...own, ...own.flatMap(({ name }) => ancestorsOf(models, name))];
  return concerned.some(({ personal }) => personal.length > 0);
};

/** A quoted text or a number that is not in the statement is a value of some row. */
const withoutValues = (message: string, statement: string): string =>
  message.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|-?\d[\d.]*/g, (part) => {
    const inner = part.replace(/^["']|["']$/g, '');
    return statement.includes(inner) || isTypeWidth(message, part) ? part : part.replace(inner, '***');
  });

/** The digits of a type, such as INT64, are not a value. */
const isTypeWidth = (message: string, part: string): boolean =>
  new RegExp(`[A-Za-z]${part}\\b`).test(message);
