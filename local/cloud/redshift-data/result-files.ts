import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBResult } from '@duckdb/node-api';
import { columnsOf, type Field, fieldsOf } from './fields.ts';

const rowsPerPage = 1_000;
const largestResult = 500 * 1024 * 1024;

type Page = { readonly records: readonly (readonly Field[])[]; readonly next: boolean };
type Head = { readonly columns: ReturnType<typeof columnsOf>; readonly rows: number };

/** Totals of a statement's result; sizes in bytes. */
export type ResultSize = { readonly rows: number; readonly size: number };

/** Results on disk, page by page, each under the id of its statement. */
export class ResultFiles {
  constructor(private readonly directory: string) {}

  /** Writes a result as it streams, at most 500 MB; what was written is removed if it cannot be written whole. */
  async write(id: string, result: DuckDBResult): Promise<ResultSize> {
    try {
      return await this.writePages(id, result);
    } catch (error) {
      await rm(this.folder(id), { recursive: true, force: true });
      throw error;
    }
  }

  private async writePages(id: string, result: DuckDBResult): Promise<ResultSize> {
    await mkdir(this.folder(id), { recursive: true });
    const types = result.columnTypes();
    let [rows, size, pages] = [0, 0, 0];
    let waiting: Field[][] = [];
    const flush = async (isLast: boolean): Promise<void> => {
      const page: Page = { records: waiting.splice(0, rowsPerPage), next: !isLast || waiting.length > 0 };
      const text = JSON.stringify(page);
      size += text.length;
      if (size > largestResult) throw new Error('The result is larger than 500 MB; unload it');
      await writeFile(join(this.folder(id), `${pages}.json`), text);
      pages += 1;
    };
    for await (const chunk of result.yieldRows()) {
      rows += chunk.length;
      waiting = waiting.concat(chunk.map((row) => fieldsOf(row, types)));
      while (waiting.length > rowsPerPage) await flush(false);
    }
    await flush(true);
    const head: Head = { columns: columnsOf(result), rows };
    await writeFile(join(this.folder(id), 'head.json'), JSON.stringify(head));
    return { rows, size };
  }

  /** The answer of `GetStatementResult` for a page, counted from 0; undefined if there is none. */
  async read(id: string, page: number): Promise<Record<string, unknown> | undefined> {
    try {
      const { columns, rows } = await this.json<Head>(id, 'head');
      const { records, next } = await this.json<Page>(id, String(page));
      const token = next ? { NextToken: String(page + 1) } : {};
      return { ColumnMetadata: columns, TotalNumRows: rows, Records: records, ...token };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Removes the results of a statement and its sub-statements. */
  async remove(id: string): Promise<void> {
    await rm(join(this.directory, id), { recursive: true, force: true });
  }

  /** `<id>:2` is stored under `<id>/2`. */
  private folder(id: string): string {
    const [statement = '', part = '1'] = id.split(':');
    return join(this.directory, statement, part);
  }

  private async json<Content>(id: string, name: string): Promise<Content> {
    return JSON.parse(await readFile(join(this.folder(id), `${name}.json`), 'utf8'));
  }
}
