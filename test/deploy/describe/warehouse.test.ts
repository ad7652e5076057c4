import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Documentation, documentProject } from '../../../deploy/describe/documentation.ts';
import { pageOf } from '../../../deploy/describe/page.ts';
import { readSqlFiles } from '../../../deploy/sql/files.ts';

let documentation: Documentation;
beforeAll(async () => {
  documentation = await documentProject(process.cwd());
});

/** What the product ships. A team may have marts that it does not describe. */
const shipped = ['listening', 'shop'];
const relations = () =>
  documentation.marts.filter(({ name }) => shipped.includes(name)).flatMap((mart) => mart.relations);

describe('the warehouse of this project', () => {
  test('is described on its page as it would be written now', async () => {
    const page = await readFile('docs/warehouse.md', 'utf8').catch(() => '');
    expect(page, 'run `npm run render`').toBe(pageOf(documentation));
  });

  test('has a description of every column, a unit of every number with a fraction, and no other problem', () => {
    const columns = relations().flatMap(({ name, columns }) =>
      columns.map((column) => ({ ...column, name: `${name}.${column.name}` })),
    );
    expect(columns.length).toBeGreaterThan(300);
    expect(columns.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
    const measured = columns.filter(({ type }) => /^(decimal|double)/.test(type));
    expect(measured.filter(({ unit }) => !unit).map(({ name }) => name)).toEqual([]);
    expect(
      relations()
        .filter(({ written, grain }) => !written || !grain)
        .map(({ name }) => name),
    ).toEqual([]);
    expect(documentation.problems).toEqual([]);
  });

  test('has a section for each file of sql/, and each check with those that it reads', async () => {
    const page = pageOf(documentation);
    const files = await readSqlFiles(process.cwd());
    const sections = [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    const isModel = ({ folder }: { folder: string }) => folder !== 'macros' && folder !== 'checks';
    expect(sections.sort()).toEqual(
      files
        .filter(isModel)
        .map(({ name }) => name)
        .sort(),
    );
    for (const { path } of files.filter(({ folder }) => folder === 'checks'))
      expect(page).toContain(`](../${path})`);
  });

  test('gives money with its currency, and milliseconds for names with _ms', () => {
    const columns = relations().flatMap((relation) => relation.columns);
    const money = columns.filter(({ name }) => /^(price|avg_price|total_sales|total_spent)$/.test(name));
    expect(money.length).toBeGreaterThan(8);
    expect(new Set(money.map(({ unit }) => unit))).toEqual(new Set(['USD']));
    const times = columns.filter(({ name }) => /_ms(_|$)/.test(name));
    expect(new Set(times.map(({ unit }) => unit))).toEqual(new Set(['milliseconds']));
  });

  test('says of every column that is passed on what its origin means', () => {
    const of = (relation: string, column: string) =>
      relations()
        .find(({ name }) => name === relation)
        ?.columns.find(({ name }) => name === column);
    expect(of('fact_order_items', 'price')).toMatchObject({
      description: 'Price paid for the song.',
      unit: 'USD',
      origin: { relation: 'fact_session', column: 'price' },
    });
    expect(of('kpi_top_songs', 'genre')?.description).toBe(of('fact_listens', 'track_genre')?.description);
    expect(of('dim_users', 'user_name')).toMatchObject({ description: 'First name.', isPersonal: true });
  });
});

describe('the pictures on the page', () => {
  const node = /^ {4}(\w+)(\(\[".+"\]\)|\[\(".+"\)\]|\[".+"\]|\{\{".+"\}\})$/;
  const edge = /^ {2}(\w+) --> (\w+)$/;

  test('are Mermaid, name every relation once, and lead from a source to every KPI', () => {
    const page = pageOf(documentation);
    const pictures = [...page.matchAll(/```mermaid\nflowchart LR\n([\s\S]*?)\n```/g)].map(
      ([, one = '']) => one,
    );
    expect(pictures).toHaveLength(documentation.marts.length);
    for (const [at, picture] of pictures.entries()) {
      const lines = picture.split('\n');
      const others = lines.filter((line) => !node.test(line) && !edge.test(line));
      expect(others.filter((line) => !/^ {2}(subgraph \w+|end)$|^ {4}direction TB$/.test(line))).toEqual([]);
      const nodes = lines.flatMap((line) => node.exec(line)?.[1] ?? []);
      expect(nodes).toHaveLength(new Set(nodes).size);
      const edges = lines.flatMap((line) => {
        const [, from = '', to = ''] = edge.exec(line) ?? [];
        return from ? [{ from, to }] : [];
      });
      expect(edges.filter(({ from, to }) => !nodes.includes(from) || !nodes.includes(to))).toEqual([]);
      const reached = new Set(nodes.filter((name) => name.startsWith('source_')));
      for (let before = -1; before < reached.size; ) {
        before = reached.size;
        for (const { from, to } of edges) if (reached.has(from)) reached.add(to);
      }
      expect(nodes.filter((name) => !reached.has(name) && name !== 'marts_dim_date')).toEqual([]);
      const own = documentation.marts[at]?.relations ?? [];
      expect(nodes.filter((name) => !name.startsWith('source_'))).toHaveLength(own.length);
    }
  });
});
