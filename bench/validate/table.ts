/** One column of a table: its title, and the cell of each row. */
export type Column<Row> = readonly [title: string, cell: (row: Row) => string | number];

/** Rows as a Markdown table; numbers are aligned right. */
export const markdownTable = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string => {
  const body = rows.map((row) => columns.map(([, cell]) => cell(row)));
  const isNumber = columns.map((_, at) => body.every((cells) => typeof cells[at] === 'number'));
  const texts = [columns.map(([title]) => title), ...body.map((cells) => cells.map(formatted))];
  const widths = columns.map((_, at) => Math.max(...texts.map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => padded(cell, widths[at] ?? 0, isNumber[at] ?? false)).join(' | ')} |`;
  const rule = widths.map((width, at) => (isNumber[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(texts[0] ?? []), line(rule), ...texts.slice(1).map(line)].join('\n');
};

const padded = (text: string, width: number, isRight: boolean): string =>
  isRight ? text.padStart(width) : text.padEnd(width);

const formatted = (value: string | number): string =>
  typeof value === 'string'
    ? value
    : value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
