import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const page = readFileSync('docs/deploy.md', 'utf8');
const read = (file: string) => parse(readFileSync(file, 'utf8'), { logLevel: 'error' });

const section = (title: string): string =>
  page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';

/** Cells of the tables of a section, without quotes, by row. */
const rowsOf = (title: string): string[][] =>
  [...section(title).matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) =>
    row.split(' |').map((cell) => cell.trim().replace(/^`|`$/g, '')),
  );

describe('docs/deploy.md', () => {
  test('has a row for every parameter, with the values of serverless.yml', () => {
    const { params } = read('serverless.yml') as { params: Record<string, Record<string, unknown>> };
    const written = Object.entries(params.default ?? {}).map(([name, value]) => {
      const prod = params.prod?.[name];
      return [name, String(value), prod === undefined ? '' : String(prod)];
    });
    const shown = rowsOf('Stages and parameters').map((row) => row.slice(0, 3));
    expect(shown.sort()).toEqual(written.sort());
  });

  test('names every file of resources/ that serverless.yml adds', () => {
    const { resources } = read('serverless.yml') as { resources: string[] };
    const files = resources.flatMap((text) =>
      [...text.matchAll(/resources\/[\w-]+\.yml/g)].map(([file]) => file),
    );
    expect(files.length).toBeGreaterThan(10);
    for (const file of files.filter(existsSync))
      expect(section('What the template creates')).toContain(`../${file}`);
  });
});
