import { readSqlFiles, type SqlFile } from '../../deploy/sql/files.ts';
import { openTemplates, type RenderOptions, type SqlEngine } from '../../deploy/sql/templates.ts';

/** Renders a text as a model of the project, with its macros. */
export type ModelText = (source: string, engine: SqlEngine, options?: Partial<RenderOptions>) => string;

const modelOf = (name: string, source: string): SqlFile => ({
  path: `sql/kpis/${name}.sql`,
  folder: 'kpis',
  name,
  source,
});

/** Opens the project's templates for texts of tests, which may refer to some models; a text that cannot be rendered throws. */
export const openModelTexts = async (models: readonly string[] = []): Promise<ModelText> => {
  const files = await readSqlFiles(process.cwd());
  const templates = openTemplates({
    files: [...files, ...models.map((name) => modelOf(name, ''))],
    vars: {},
  });
  return (source, engine, options = {}) => {
    const tested = modelOf('tested', source);
    const { sql, problems } = templates(tested, { engine, incremental: false, ...options });
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
    return sql.trim();
  };
};
