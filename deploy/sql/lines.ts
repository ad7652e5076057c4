/** Finds the line of a template for a place in its rendered text. */

/** The same template with the line number at the end of each line, as an SQL comment that survives rendering. */
export const markLines = (source: string): string => {
  let isInTag = false;
  return source
    .split('\n')
    .map((line, index) => {
      for (const [tag] of line.matchAll(/\{[{%#]|[}%#]\}/g)) isInTag = tag.startsWith('{');
      return isInTag ? line : `${line} /*@${index + 1}*/`;
    })
    .join('\n');
};

/** The place in a template for an offset in its rendered, marked text; with the exact column if no macro made the line. */
export const placeInSource = (
  source: string,
  rendered: string,
  offset: number,
): { line: number; column: number } => {
  const rest = rendered.slice(offset);
  const line = Number(/\/\*@(\d+)\*\//.exec(rest)?.[1] ?? source.split('\n').length);
  const text = source.split('\n')[line - 1] ?? '';
  const word = /^(\w+|.)/s.exec(rest)?.[0] ?? '';
  const start = rendered.lastIndexOf('\n', offset - 1) + 1;
  const expected = offset - start;
  const column = text.startsWith(word, expected) ? expected : text.indexOf(word);
  return { line, column: Math.max(column, 0) + 1 };
};
