import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { crc32 } from 'node:zlib';
import type { DuckDBResult } from '@duckdb/node-api';
import { DamagedState } from '../../state/index.ts';
import { columnsOf, type Field, fieldsOf } from './fields.ts';

/** Rows of each page but the last. */
export const rowsPerPage = 1_000;
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
      await this.save(id, String(pages), text);
      pages += 1;
    };
    for await (const chunk of result.yieldRows()) {
      rows += chunk.length;
      waiting = waiting.concat(chunk.map((row) => fieldsOf(row, types)));
      while (waiting.length > rowsPerPage) await flush(false);
    }
    await flush(true);
    const head: Head = { columns: columnsOf(result), rows };
    await this.save(id, 'head', JSON.stringify(head));
    return { rows, size };
  }

  /** The answer of `GetStatementResult` for a page, counted from 0. Throws `DamagedState` if files are missing or damaged. */
  async read(id: string, page: number): Promise<Record<string, unknown>> {
    const { columns, rows } = await this.json<Head>(id, 'head');
    const { records, next } = await this.json<Page>(id, String(page));
    const token = next ? { NextToken: String(page + 1) } : {};
    return { ColumnMetadata: columns, TotalNumRows: rows, Records: records, ...token };
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

  /** A file begins with the checksum of its name and its text, so that two files that changed places are noticed. */
  private save(id: string, name: string, text: string): Promise<void> {
    return writeFile(this.path(id, name), `${crc32(text, this.sumOfName(id, name))}\n${text}`);
  }

  private async json<Content>(id: string, name: string): Promise<Content> {
    const path = this.path(id, name);
    const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new DamagedState(path, 'it is missing', again);
    });
    const start = content.indexOf('\n') + 1;
    const text = content.slice(start);
    // Results of before have the checksum of their text only.
    const sums = [crc32(text, this.sumOfName(id, name)), crc32(text)];
    if (!sums.some((sum) => content.slice(0, start) === `${sum}\n`))
      throw new DamagedState(path, 'it has other bytes than were written', again);
    return JSON.parse(text);
  }

  private sumOfName(id: string, name: string): number {
    return crc32(relative(this.directory, this.path(id, name)));
  }

  private path(id: string, name: string): string {
    return join(this.folder(id), `${name}.json`);
  }
}

const again = 'run the query again';
