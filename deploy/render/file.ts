import type * as z from 'zod';
import { issueWords } from '../../functions/validation/index.ts';
import { type DerivedName, derivedNames, type OutputColumn, outputColumns } from '../sql/columns.ts';
import type { SqlFile } from '../sql/files.ts';
import { markLines, placeInSource } from '../sql/lines.ts';
import { lintSql, type SqlProblem } from '../sql/lint.ts';
import { type Problem, placeOf } from '../sql/problem.ts';
import type { Rendered, SqlEngine, Templates } from '../sql/templates.ts';
import { Settings } from './settings.ts';

/** One SQL file in the form that the other steps need. */
export type RenderedFile = {
  readonly file: SqlFile;
  readonly settings: Settings;
  readonly sql: string;
  readonly incremental: string;
  /** The texts for Redshift, of a full and an incremental run if they differ, with the template's lines marked. */
  readonly marked: readonly string[];
  readonly columns: readonly OutputColumn[];
  /** Every name that one of its selects returns, and the columns it is computed from. */
  readonly derived: readonly DerivedName[];
  /** Sorted, of both texts. */
  readonly refs: readonly string[];
  /** Those of `sql`, in order of first mention. */
  readonly mentions: readonly string[];
  readonly sources: Rendered['sources'];
};

/** Renders a file for an engine and checks it; undefined if it has problems that prevent further steps. */
export const renderFile = (
  templates: Templates,
  file: SqlFile,
  engine: SqlEngine,
): { rendered?: RenderedFile; refs: readonly string[]; problems: Problem[] } => {
  const { full, incremental } = renderBoth(templates, file, engine);
  const settings = Settings.safeParse(full.config);
  const broken = [...full.problems, ...(settings.error ? settingProblems(file, settings.error.issues) : [])];
  const refs = [...new Set([...full.refs, ...incremental.refs])].sort();
  const { problems, columns, marked, derived } = validate(templates, file);
  if (!settings.success || broken.length + problems.length > 0)
    return { refs, problems: broken.length > 0 ? broken : problems };
  return {
    refs,
    rendered: {
      file,
      settings: settings.data,
      sql: full.sql,
      incremental: incremental.sql,
      marked,
      columns,
      derived,
      refs,
      mentions: full.refs,
      sources: full.sources,
    },
    problems,
  };
};

const settingProblems = (file: SqlFile, issues: readonly z.core.$ZodIssue[]): Problem[] =>
  issues.map((issue) => ({
    file: file.path,
    ...placeOf(file.source, 'config('),
    message: `config: ${issue.path.join('.') || 'it'}: ${issueWords(issue)}`,
  }));

/** The texts of a file for a full and for an incremental run, which are often the same. */
const renderBoth = (templates: Templates, file: SqlFile, engine: SqlEngine) => {
  const full = templates(file, { engine, incremental: false });
  return {
    full,
    incremental: full.asksIncremental ? templates(file, { engine, incremental: true }) : full,
  };
};

/** The text for Redshift stands for all engines: macros contain the differences. */
const validate = (
  templates: Templates,
  file: SqlFile,
): Pick<RenderedFile, 'columns' | 'derived' | 'marked'> & { problems: Problem[] } => {
  const marked = { ...file, source: markLines(file.source) };
  const { full, incremental } = renderBoth(templates, marked, 'redshift');
  const texts = [...new Set([full.sql, incremental.sql])];
  const isSilver = file.folder === 'silver';
  const validated = texts.map((sql) => ({ sql, ...validateText(sql, isSilver) }));
  const problems = validated.flatMap(({ sql, problems }) =>
    problems.map(({ offset, message }) => ({
      file: file.path,
      ...placeInSource(file.source, sql, offset),
      message,
    })),
  );
  const derived = problems.length > 0 ? [] : texts.flatMap(derivedNames);
  return {
    columns: validated[0]?.columns ?? [],
    marked: texts,
    derived,
    problems: uniqueProblems(problems),
  };
};

const validateText = (
  sql: string,
  isSilver: boolean,
): { columns: readonly OutputColumn[]; problems: readonly SqlProblem[] } => {
  const problems = lintSql(sql, isSilver);
  return problems.length > 0 ? { columns: [], problems } : outputColumns(sql);
};

/** Each problem once. */
export const uniqueProblems = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];
