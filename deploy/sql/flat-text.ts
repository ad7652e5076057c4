import type { Fields, TreeNode } from './tree.ts';
import { byteOffset, isFields, nodesIn, statementOf, tokensOf } from './tree.ts';

/**
 * Takes a text apart, because Redshift allows no `with` inside of another: its common table expressions, also those of its
 * subselects, and the select that is left.
 */

/** A common table expression: its name, with names of columns if it has them, and its select. */
export type Relation = { readonly name: string; readonly sql: string };

/** A select without `with`, and the relations that it reads; each comes after those that it reads itself. */
export type FlatText = { readonly sql: string; readonly relations: readonly Relation[] };

/**
 * A text in parts. The relations get the names `<owner>$<name>`: no name in a project has a `$`, so that they differ from those
 * of other owners and from all that a rebuild calls its own. Needs the loaded parser, and a text that parses.
 */
export const flatText = (sql: string, owner: string): FlatText => {
  const statement = statementOf(sql);
  const bytes = Buffer.from(sql);
  const parts = new Parts(bytes, tokensOf(sql), owner);
  if (statement) visit(statement, new Map(), parts);
  return { sql: parts.textOf({ start: 0, end: bytes.length }), relations: parts.relations() };
};

type Range = { readonly start: number; readonly end: number };
type Edit = Range & { readonly text: string };

/** New names of the relations that can be read at a place. */
type Names = ReadonlyMap<string, string>;

/** The edits of a text, in bytes, and the ranges of its relations. */
class Parts {
  private readonly edits: Edit[] = [];
  private readonly found: { readonly name: string; readonly range: Range }[] = [];
  private readonly taken = new Set<string>();

  constructor(
    private readonly bytes: Buffer,
    private readonly tokens: ReturnType<typeof tokensOf>,
    private readonly owner: string,
  ) {}

  /** The name at a place; the parser's own is cut off after 63 bytes. */
  nameAt(at: number): string {
    return this.tokens.find(({ start }) => start === at)?.text.toLowerCase() ?? '';
  }

  /** A name that no other relation of the text has. */
  newName(name: string): string {
    const plain = `${this.owner}$${name}`;
    let free = plain;
    for (let count = 2; this.taken.has(free); count += 1) free = `${plain}$${count}`;
    this.taken.add(free);
    return free;
  }

  /** Notes a relation, whose name is at a place, and returns where it ends. */
  addRelation(name: string, at: number): number {
    const first = this.tokens.findIndex(({ start }) => start === at);
    const columns = this.tokens[first + 1]?.text === '(' ? this.closing(first + 1) : first;
    const opening = this.tokens.findIndex(({ text }, index) => index > columns && text === '(');
    const [open, close] = [this.tokens[opening], this.tokens[this.closing(opening)]];
    if (!open || !close) throw new RangeError(`${name} has no select`);
    const listed = this.text({ start: this.tokens[first]?.end ?? at, end: this.tokens[columns]?.end ?? at });
    this.found.push({ name: `${name}${listed}`, range: { start: open.end, end: close.start } });
    return close.end;
  }

  edit(edit: Edit): void {
    this.edits.push(edit);
  }

  relations(): Relation[] {
    return this.found.map(({ name, range }) => ({ name, sql: this.textOf(range).trim() }));
  }

  /** The text of a range with the edits inside of it. */
  textOf({ start, end }: Range): string {
    const own = this.edits.filter((edit) => edit.start >= start && edit.end <= end);
    let from = start;
    let text = '';
    for (const edit of own.sort((one, other) => one.start - other.start || other.end - one.end)) {
      if (edit.start < from) continue;
      text += this.text({ start: from, end: edit.start }) + edit.text;
      from = edit.end;
    }
    return text + this.text({ start: from, end });
  }

  private text({ start, end }: Range): string {
    return this.bytes.subarray(start, end).toString();
  }

  private closing(opening: number): number {
    let depth = 0;
    return this.tokens.findIndex(({ text }, index) => {
      if (index < opening) return false;
      if (text === '(') depth += 1;
      if (text === ')') depth -= 1;
      return depth === 0;
    });
  }
}

const visit = ({ kind, fields }: TreeNode, names: Names, parts: Parts): void => {
  if (kind === 'RangeVar') rename(fields, names, parts);
  const inner = isFields(fields.withClause) ? takeOut(fields.withClause, names, parts) : names;
  for (const [field, value] of Object.entries(fields)) {
    if (field === 'withClause') continue;
    const isSide = (field === 'larg' || field === 'rarg') && isFields(value) && 'op' in value;
    visitAll(isSide ? { SelectStmt: value } : value, inner, parts);
  }
};

const visitAll = (value: unknown, names: Names, parts: Parts): void => {
  if (Array.isArray(value)) for (const item of value) visitAll(item, names, parts);
  else if (isFields(value))
    for (const [kind, fields] of Object.entries(value)) {
      if (isFields(fields)) visit({ kind, fields }, names, parts);
      else visitAll(fields, names, parts);
    }
};

/** Removes a `with`; what follows it reads its relations under their new names. */
const takeOut = (clause: Fields, names: Names, parts: Parts): Names => {
  const inner = new Map(names);
  let end = 0;
  for (const { fields } of nodesIn(clause.ctes)) {
    const name = parts.nameAt(Number(fields.location ?? 0));
    for (const query of nodesIn(fields.ctequery)) visit(query, inner, parts);
    const renamed = parts.newName(name);
    end = parts.addRelation(renamed, Number(fields.location ?? 0));
    inner.set(name, renamed);
  }
  const start = byteOffset({ kind: 'WithClause', fields: clause });
  parts.edit({ start, end, text: '' });
  return inner;
};

/** Columns are read under the old name, which is the relation's alias if it has no other. */
const rename = ({ schemaname, alias, location }: Fields, names: Names, parts: Parts): void => {
  const name = parts.nameAt(Number(location ?? 0));
  const renamed = schemaname === undefined ? names.get(name) : undefined;
  if (renamed === undefined) return;
  const start = Number(location ?? 0);
  parts.edit({
    start,
    end: start + Buffer.byteLength(name),
    text: isFields(alias) ? renamed : `${renamed} as ${name}`,
  });
};
