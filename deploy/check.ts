import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseManifest } from '../functions/validation/index.ts';
import { engineProblems } from './engine-problems.ts';
import { redshiftProblems } from './redshift/problems.ts';
import { readRules } from './render/datasets.ts';
import { renderCatalog, renderProject } from './render/render.ts';
import { readSqlFiles, type SqlFile } from './sql/files.ts';
import { type Problem, ProjectProblems, placeOf } from './sql/problem.ts';

/** The result of one part of the check: its output, the number of problems, and how to correct them. */
type Outcome = { readonly text: string; readonly problems: number; readonly repair?: string };

/**
 * Checks everything in a project that can be checked before files land: manifests, rules and SQL, formatting, lint and types.
 * It runs all parts, so that all problems are shown at once. Returns whether the project is clean.
 */
export const checkProject = async (root: string, print: (text: string) => void): Promise<boolean> => {
  const rendering = renderProject(root, { isCheck: true });
  const outcomes = await Promise.all([rendered(root, rendering), formatted(root), types(root, rendering)]);
  for (const { text } of outcomes) if (text !== '') print(text);
  const failed = outcomes.filter(({ problems }) => problems > 0);
  const total = failed.reduce((sum, { problems }) => sum + problems, 0);
  for (const { repair } of failed) if (repair) print(repair);
  print(total === 0 ? 'No problems' : `${total} problem${total === 1 ? '' : 's'}`);
  return total === 0;
};

const rendered = async (root: string, rendering: Promise<string>): Promise<Outcome> => {
  try {
    const text = await rendering;
    const redshift = redshiftProblems(await renderCatalog(root, 'redshift'));
    if (redshift.length > 0) throw new ProjectProblems(redshift);
    await tryInEngine(root);
    return { text, problems: 0 };
  } catch (error) {
    if (!(error instanceof ProjectProblems)) throw error;
    return { text: error.message, problems: error.problems.length };
  }
};

/** One line per problem, without the text that a file should have. */
const formatted = async (root: string): Promise<Outcome> => {
  const outcome = await tool(root, 'biome', ['check', '--colors=off', '--reporter=concise', '.']);
  const lines = outcome.text.split('\n').filter((line) => /^[×!] /.test(line));
  const told = lines.map((line) =>
    line.slice(2).replace(/format: Formatter would .*/, 'is not formatted; npm run fix does it'),
  );
  return told.length > 0 ? { ...outcome, text: told.join('\n') } : outcome;
};

/**
 * The functions import the rendered catalog, so types are checked after it; if it could not be rendered, its problems have
 * already been shown.
 */
const types = async (root: string, rendering: Promise<string>): Promise<Outcome> => {
  const isRendered = await rendering.then(
    () => true,
    () => false,
  );
  const { text } = await tool(root, 'tsc', []);
  const lines = text.split('\n').filter((line) => isRendered || !line.includes("'#catalog'"));
  const problems = lines.filter((line) => /error TS\d+/.test(line)).length;
  return { text: lines.join('\n'), problems };
};

/** Throws `ProjectProblems` for problems that only the engine finds. */
const tryInEngine = async (root: string): Promise<void> => {
  const [catalog, { rules }, files] = await Promise.all([
    renderCatalog(root, 'duckdb'),
    readRules(root),
    readSqlFiles(root),
  ]);
  const manifests = rules.flatMap(({ dataset, manifest }) => {
    const parsed = parseManifest(manifest);
    return parsed.ok ? [[dataset, parsed.manifest] as const] : [];
  });
  const problems = await engineProblems(catalog, new Map(manifests));
  if (problems.length > 0) throw new ProjectProblems(problems.map((problem) => placed(problem, files)));
};

/** DuckDB puts an unknown name in quotes, or after `name`. */
const placed = (problem: Problem, files: readonly SqlFile[]): Problem => {
  const source = files.find(({ path }) => path === problem.file)?.source;
  const [, quoted, named] = /"(\w+)"|\bname (\w+)/.exec(problem.message) ?? [];
  const name = quoted ?? named;
  return source === undefined || name === undefined ? problem : { ...problem, ...placeOf(source, name) };
};

const repairs: Readonly<Record<string, string>> = {
  biome: 'Formatting and simple problems: run npm run fix. The others are listed above with their lines.',
};

/** Runs a tool of the project; its last line has the number of problems; without a number it counts as one. */
const tool = async (root: string, name: string, words: readonly string[]): Promise<Outcome> => {
  const { code, output } = await run(
    root,
    fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url)),
    words,
  );
  if (code === 0) return { text: '', problems: 0 };
  const counted = /Found (\d+) errors?/.exec(output)?.[1] ?? output.match(/error TS\d+/g)?.length ?? 1;
  const repair = repairs[name];
  return { text: output.trim(), problems: Math.max(1, Number(counted)), ...(repair && { repair }) };
};

const run = (
  cwd: string,
  program: string,
  words: readonly string[],
): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => pieces.push(piece));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: Buffer.concat(pieces).toString() }));
  });

if (process.argv[1] === fileURLToPath(import.meta.url))
  if (!(await checkProject(process.cwd(), console.log))) process.exitCode = 1;
