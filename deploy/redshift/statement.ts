import { nodesOf, type TreeNode, tokensOf } from '../sql/tree.ts';

/** A statement for Redshift, read by PostgreSQL's parser after what only Redshift has was taken out. */
export type Statement = {
  readonly text: string;
  readonly kind: 'unload' | 'broken unload' | 'stored view' | 'view' | 'other';
  /** Of the select of an UNLOAD, of the whole statement otherwise. */
  readonly nodes: readonly TreeNode[];
  readonly tokens: ReturnType<typeof tokensOf>;
};

const unload = /^\s*unload\s*\(\s*'((?:[^']|'')*)'\s*\)\s*to\s+'/i;
const storedView = /^\s*create\s+materialized\s+view\s+\S+(\s+auto\s+refresh\s+(?:yes|no))?\s+as\b/i;

/** Reads a statement; throws `SqlSyntaxError`. */
export const readStatement = (text: string): Statement => {
  const [, select] = unload.exec(text) ?? [];
  if (select !== undefined) return { text, kind: 'unload', ...parsed(select.replaceAll("''", "'")) };
  if (/^\s*unload\b/i.test(text)) return { text, kind: 'broken unload', nodes: [], tokens: [] };
  const [stored, refresh = ''] = storedView.exec(text) ?? [];
  if (stored !== undefined) return { text, kind: 'stored view', ...parsed(text.replace(refresh, '')) };
  const plain = text.replace(/\s+with\s+no\s+schema\s+binding\s*$/i, '');
  return { text, kind: plain === text ? 'other' : 'view', ...parsed(plain) };
};

const parsed = (sql: string) => ({ nodes: nodesOf(sql), tokens: tokensOf(sql) });
