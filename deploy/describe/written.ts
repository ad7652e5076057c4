import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { issueWords } from '../../functions/validation/index.ts';
import { ignoreMissing } from '../sql/files.ts';
import type { Problem } from '../sql/problem.ts';

/** The folder of the descriptions that people write, in dbt's words. */
export const writtenFolder = 'sql/descriptions';

const words = z.string().trim().min(1);
const ColumnText = z.strictObject({
  name: words,
  description: words.optional(),
  meta: z.strictObject({ unit: words }).optional(),
});
const ModelText = z.strictObject({
  name: words,
  description: words.optional(),
  meta: z.strictObject({ rules: z.array(words) }).optional(),
  columns: z.array(ColumnText).default([]),
});
const FileText = z.strictObject({
  models: z.array(ModelText).default([]),
  /** Of columns that mean the same wherever they are. */
  columns: z.array(ColumnText).default([]),
});

export type Place = Required<Pick<Problem, 'file' | 'line' | 'column'>>;

/** What is written of a column, and where. */
export type WrittenColumn = {
  readonly name: string;
  readonly description?: string | undefined;
  readonly unit?: string | undefined;
  readonly place: Place;
};

/** What is written of a model or a silver table, and where. */
export type WrittenModel = {
  readonly name: string;
  readonly description?: string | undefined;
  readonly rules: readonly string[];
  readonly columns: readonly WrittenColumn[];
  readonly place: Place;
};

/** All that people have written; `columns` are descriptions for any relation. */
export type Written = {
  readonly models: readonly WrittenModel[];
  readonly columns: readonly WrittenColumn[];
  readonly problems: readonly Problem[];
};

/** Reads `sql/descriptions/` under a root; a project may have none. */
export const readWritten = async (root: string): Promise<Written> => {
  const entries = await readdir(join(root, writtenFolder)).catch(ignoreMissing);
  const names = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
  const files = await Promise.all(
    names.map(async (name) =>
      parseWritten(`${writtenFolder}/${name}`, await readFile(join(root, writtenFolder, name), 'utf8')),
    ),
  );
  return {
    models: files.flatMap(({ models }) => models),
    columns: files.flatMap(({ columns }) => columns),
    problems: files.flatMap(({ problems }) => problems),
  };
};

const parseWritten = (file: string, text: string): Written => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const placeOf = (path: readonly PropertyKey[]): Place => at(offsetOf(document, path));
  const nothing = { models: [], columns: [] };
  if (document.errors.length > 0)
    return {
      ...nothing,
      problems: document.errors.map(({ pos, message }) => ({
        ...at(pos[0]),
        message: message.split(' at line')[0] ?? message,
      })),
    };
  const parsed = FileText.safeParse(document.toJS() ?? {});
  if (!parsed.success)
    return {
      ...nothing,
      problems: parsed.error.issues.map((issue) => ({
        ...placeOf(issue.path),
        message: `${issue.path.join('.') || 'the file'}: ${issueWords(issue)}`,
      })),
    };
  const columnsAt =
    (path: readonly PropertyKey[]) =>
    ({ name, description, meta }: z.infer<typeof ColumnText>, index: number): WrittenColumn => ({
      name,
      description,
      unit: meta?.unit,
      place: placeOf([...path, 'columns', index, 'name']),
    });
  const models = parsed.data.models.map(({ name, description, meta, columns }, index) => ({
    name,
    description,
    rules: meta?.rules ?? [],
    columns: columns.map(columnsAt(['models', index])),
    place: placeOf(['models', index, 'name']),
  }));
  return { models, columns: parsed.data.columns.map(columnsAt([])), problems: [] };
};

/** Of the node at a path, or of the nearest one around it. */
const offsetOf = (document: Document, path: readonly PropertyKey[]): number => {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
};
