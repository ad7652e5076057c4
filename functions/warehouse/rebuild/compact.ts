/** The same statement without comments and without blanks at the beginning of its lines: a transaction's bytes are limited. */
export const compact = (statement: string): string =>
  statement.replaceAll(/'(?:[^']|'')*'|--[^\n]*|\s*\n\s*/g, (part) => {
    if (part.startsWith("'")) return part;
    return part.startsWith('--') ? '' : '\n';
  });
