import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { rooms } from '../import-rules.ts';
import { exampleFiles } from './example-files.ts';

const names = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync('docs').map((name) => join('docs', name)),
];
const pages = names.map((name) => ({ name, text: readFileSync(name, 'utf8') }));
const architecture = pages.find(({ name }) => name === 'docs/architecture.md')?.text ?? '';

/** Files of an example, a folder that a project may have, and what tools write that git ignores. */
const elsewhere = new Set([
  ...pages.flatMap(({ text }) => Object.keys(exampleFiles(text))),
  ...['sql/checks/fact_transactions_known_accounts.sql', 'sql/kpis/kpi_customers.sql'],
  ...['sql/views', 'sql/target', 'sql/logs', 'glue/logs'],
]);

const folders = ['functions', 'glue', 'rules', 'sql', 'resources', 'deploy', 'cli', 'local', 'bench'];
const path = new RegExp(
  `(?<![\\w./@<-])(?:${[...folders, 'docs', 'test'].join('|')})/[\\w./-]+(?![\\w./<*{-])`,
  'g',
);

/** Paths of the project that a page names, in its text and its code. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(path)].map(([found]) => found.replace(/[./]+$/, ''));

/** Relative links of a page: the path that each leads to, and the heading. */
const linksIn = (name: string, text: string): { readonly to: string; readonly heading: string }[] =>
  [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, to = '', heading = '']) => ({
    to: to === '' ? name : join(dirname(name), to),
    heading,
  }));

/** Headings as GitHub makes them into anchors. */
const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(pages)('$name', ({ name, text }) => {
  test('names paths that exist', () => {
    const missing = pathsIn(text).filter((named) => !elsewhere.has(named) && !existsSync(named));
    expect(missing).toEqual([]);
  });

  test('links to files and headings that exist', () => {
    const broken = linksIn(name, text).filter(({ to, heading }) => {
      if (!existsSync(to)) return true;
      return heading !== '' && !anchorsIn(readFileSync(to, 'utf8')).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  test('names scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});

test('a path and a link that lead nowhere are found', () => {
  expect(pathsIn('see `functions/nowhere.ts`, test/docs and rules/<dataset>/manifest.json.')).toEqual([
    'functions/nowhere.ts',
    'test/docs',
  ]);
  expect(linksIn('docs/a.md', '[b](b.md#part), [c](../README.md), [d](https://example.com)')).toEqual([
    { to: 'docs/b.md', heading: 'part' },
    { to: 'README.md', heading: '' },
  ]);
});

describe('docs/README.md', () => {
  const index = pages.find(({ name }) => name === 'docs/README.md')?.text ?? '';

  test('lists every page', () => {
    const linked = linksIn('docs/README.md', index).map(({ to }) => to);
    expect(names.filter((name) => name !== 'docs/README.md' && !linked.includes(name))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  test('names every room', () => {
    expect(Object.keys(rooms).filter((room) => !architecture.includes(room))).toEqual([]);
  });

  test('names every function, and the events that wake it', () => {
    const functions = Object.entries<{ handler: string; events?: object[] }>(
      parse(readFileSync('functions/functions.yml', 'utf8'), { logLevel: 'error' }),
    );
    for (const [, { handler, events = [] }] of functions) {
      const file = handler.replace(/\.handler$/, '.ts');
      const row = architecture.split('\n').find((line) => line.includes(`](../${file}) |`)) ?? '';
      expect(row, file).not.toBe('');
      const ours = JSON.stringify(events).includes('"soundcheck"') ? typesOf(events) : [];
      expect(
        ours.filter((type) => !row.includes(type)),
        file,
      ).toEqual([]);
    }
  });
});

/** Types of our own events in the patterns of a function. */
const typesOf = (events: object[]): string[] =>
  events.flatMap((event) => {
    const { pattern } = (event as { eventBridge?: { pattern?: Record<string, string[]> } }).eventBridge ?? {};
    return pattern?.source?.includes('soundcheck') ? (pattern['detail-type'] ?? []) : [];
  });
