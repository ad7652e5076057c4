const deepest = 100;

const inSql = /'[^']*'?|"[^"]*"?|--[^\n]*|\/\*/g;
const inComment = /\/\*|\*\//g;

/**
 * Rejects SQL with comments that are nested very deep: DuckDB reads each of them again from its end, so that 100 KB of them keep it
 * busy for minutes, and an interrupt does not reach its parser.
 */
export const expectFlatComments = (sql: string): void => {
  let [depth, at] = [0, 0];
  for (;;) {
    const parts = depth === 0 ? inSql : inComment;
    parts.lastIndex = at;
    const [part] = parts.exec(sql) ?? [];
    if (part === undefined) return;
    at = parts.lastIndex;
    if (part === '/*') depth += 1;
    if (part === '*/') depth -= 1;
    if (depth > deepest) throw new Error(`comments are nested more than ${deepest} levels deep`);
  }
};
