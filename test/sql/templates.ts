import { readSqlFiles, type SqlFile } from '../../deploy/sql-files.ts';
import {
  openTemplates,
  type RenderOptions,
  type SqlEngine,
  type Templates,
} from '../../deploy/sql-templates.ts';

/** Renders texts as models of the project, with its macros. */
export type ModelText = (source: string, engine: SqlEngine, options?: Partial<RenderOptions>) => string;

/** Opens the project's templates for texts of tests; a text that cannot be rendered throws. */
export const openModelTexts = async (root = process.cwd()): Promise<ModelText> => {
  const files = await readSqlFiles(root);
  const templates: Templates = openTemplates({ files, vars: {} });
  return (source, engine, options = {}) => {
    const file: SqlFile = { path: 'sql/kpis/tested.sql', folder: 'kpis', name: 'tested', source };
    const { sql, problems } = templates(file, { engine, incremental: false, ...options });
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
    return sql.trim();
  };
};
