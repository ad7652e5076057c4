import pLimit from 'p-limit';
import { PipelineError } from '../../values/index.ts';
import {
  groupColumn,
  type KpiRow,
  type KpiRows,
  type LeftOut,
  lineLeftOut,
  type RebuildSpec,
  rowReader,
} from '../../warehouse/index.ts';
import type { FileReader } from '../ports.ts';

/**
 * Reads the rows that a rebuild unloaded in parts, each with everything that its items are made of. It holds one part and one
 * piece of each file that it reads, whatever the number of rows.
 */

export type Unloaded = {
  /** Rows of a model with the rows of its lists, in the same parts and the same order each time. */
  parts(model: string): AsyncGenerator<Part>;
  /** Lines that are no rows; to be read after all parts. */
  broken(): AsyncGenerator<LeftOut>;
};

/** Some rows of a model, the rows of its lists, and how many rows of the model there are up to their end. */
export type Part = { readonly rows: KpiRows; readonly end: number };

/** Rows of a model that are not in the order of their groups: its lists cannot be read beside it. */
class Unordered extends PipelineError {
  override readonly name = 'Unordered';
}

/** Most bytes of one request, and of the first one of a file, which is kept: small files are read once. */
const [mostBytes, firstBytes] = [4 * 1024 * 1024, 256 * 1024];
const mostFirsts = 64;

/** Most rows of a part without lists, and most characters of their lines. */
export const usualPart = { rows: 500, characters: 1_000_000 } as const;

type Piece = { readonly bytes: Uint8Array; readonly size: number };

/** Lists the files of all models and reads their beginnings. */
export const openUnloaded = async (
  files: Pick<FileReader, 'list' | 'readPart'>,
  { unload, kpis }: Pick<RebuildSpec, 'unload' | 'kpis'>,
  most: { readonly rows: number; readonly characters: number } = usualPart,
): Promise<Unloaded> => {
  const limit = pLimit(8);
  const listed = await limit.map(kpis, async ({ model }) => {
    const keys = await files.list(`${unload}${model}/`);
    return [model, [...keys].sort()] as const;
  });
  const firsts = new Map(
    await limit.map(listed.flatMap(([, keys]) => keys).slice(0, mostFirsts), async (key) => {
      return [key, await files.readPart(key, 0, firstBytes)] as const;
    }),
  );
  const keysOf = new Map(listed);

  async function* pieces(key: string): AsyncGenerator<Uint8Array> {
    let piece: Piece | undefined = firsts.has(key)
      ? firsts.get(key)
      : await files.readPart(key, 0, firstBytes);
    for (let read = 0; piece && piece.bytes.length > 0; ) {
      yield piece.bytes;
      read += piece.bytes.length;
      piece = read < piece.size ? await files.readPart(key, read, mostBytes) : undefined;
    }
  }

  async function* lines(model: string): AsyncGenerator<string[]> {
    for (const key of keysOf.get(model) ?? []) yield* linesIn(pieces(key));
  }

  const readers = new Map(kpis.map(({ model, columns }) => [model, rowReader(columns)]));

  let isBroken = false;

  async function* rows(model: string): AsyncGenerator<KpiRow[]> {
    const read = readers.get(model);
    for await (const some of lines(model))
      for (const block of blocksOf(some, most)) {
        const found = block.map((line) => read?.(line) ?? null).filter((row) => row !== null);
        isBroken ||= found.length < block.length;
        yield found;
      }
  }

  const listsOf = new Map(
    kpis.map(({ model, shapes }) => [
      model,
      [...new Set(shapes.flatMap(({ lists }) => lists.map(({ from }) => from)))].filter(
        (from) => from !== model,
      ),
    ]),
  );

  async function* parts(model: string): AsyncGenerator<Part> {
    const lists = listsOf.get(model) ?? [];
    if (lists.length > 0) return yield* partsWithLists(model, lists, rows, most.rows);
    let end = 0;
    for await (const block of rows(model)) {
      end += block.length;
      if (block.length > 0) yield { rows: new Map([[model, block]]), end };
    }
  }

  async function* broken(): AsyncGenerator<LeftOut> {
    for (const { model } of isBroken ? kpis : [])
      for await (const some of lines(model))
        for (const line of some) if (readers.get(model)?.(line) === null) yield lineLeftOut(model, line);
  }

  return { parts, broken };
};

/** The lines in pieces of a file, without blank ones; those of one piece together. */
async function* linesIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield lines.filter(isFilled);
  }
  yield [rest + decoder.decode()].filter(isFilled);
}

const isFilled = (line: string): boolean => line.trim() !== '';

function* blocksOf(
  lines: readonly string[],
  most: { readonly rows: number; readonly characters: number },
): Generator<readonly string[]> {
  for (let from = 0; from < lines.length; ) {
    let [end, characters] = [from, 0];
    do characters += lines[end++]?.length ?? 0;
    while (end < lines.length && end - from < most.rows && characters < most.characters);
    yield lines.slice(from, end);
    from = end;
  }
}

type Rows = (model: string) => AsyncGenerator<KpiRow[]>;

/** Reads a model and its lists side by side, group by group; all are in the order of their groups. */
async function* partsWithLists(
  model: string,
  lists: readonly string[],
  rows: Rows,
  mostRows: number,
): AsyncGenerator<Part> {
  const parents = groupsOf(model, rows(model));
  const beside = lists.map((list) => ({ list, groups: peekable(groupsOf(list, rows(list))) }));
  let part = new Map<string, KpiRow[]>();
  let end = 0;
  for await (const { group, rows: own } of parents) {
    add(part, model, own);
    for (const { list, groups } of beside) add(part, list, await groups.skipTo(group));
    end += own.length;
    if ((part.get(model)?.length ?? 0) < mostRows) continue;
    yield { rows: part, end };
    part = new Map();
  }
  if (part.size > 0) yield { rows: part, end };
}

const add = (part: Map<string, KpiRow[]>, model: string, rows: readonly KpiRow[]): void => {
  const known = part.get(model);
  if (!known) part.set(model, [...rows]);
  else for (const row of rows) known.push(row);
};

type Group = { readonly group: string; readonly rows: readonly KpiRow[] };

/** Rows that follow each other with the same group; throws `Unordered`. */
async function* groupsOf(model: string, blocks: AsyncIterable<readonly KpiRow[]>): AsyncGenerator<Group> {
  let [group, rows]: [string, KpiRow[]] = ['', []];
  for await (const block of blocks)
    for (const row of block) {
      const next = String(row[groupColumn] ?? '');
      if (next < group) throw new Unordered(`the rows of ${model} are not in the order of ${groupColumn}`);
      if (next !== group && rows.length > 0) {
        yield { group, rows };
        rows = [];
      }
      group = next;
      rows.push(row);
    }
  if (rows.length > 0) yield { group, rows };
}

const peekable = (groups: AsyncGenerator<Group>) => {
  let head: Promise<IteratorResult<Group>> | undefined;
  return {
    /** The rows of a group, without those of groups before it. */
    skipTo: async (group: string): Promise<readonly KpiRow[]> => {
      for (;;) {
        head ??= groups.next();
        const { done, value } = await head;
        if (done || value.group > group) return [];
        head = undefined;
        if (value.group === group) return value.rows;
      }
    },
  };
};
