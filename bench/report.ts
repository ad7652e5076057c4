import { availableParallelism, totalmem } from 'node:os';

/** The figures of a measurement by name; the name ends with the unit (`_ms`, `_mb`), except for counts. */
export type Measurement = { readonly bench: string; readonly figures: Readonly<Record<string, number>> };

/** The measurement and its machine, as one JSON object. */
export const asJson = ({ bench, figures }: Measurement): string =>
  JSON.stringify({ bench, ...machine(), figures });

/** The measurement as a Markdown table below a line about the machine. */
export const asTable = ({ bench, figures }: Measurement): string => {
  const { cores, memory_gb, node } = machine();
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const rows = Object.entries(figures).map(
    ([name, value]) => `| ${name.padEnd(width)} | ${formatted(value).padStart(12)} |`,
  );
  return [
    `${bench} on ${cores} cores, ${memory_gb} GB, Node ${node}`,
    '',
    `| ${'figure'.padEnd(width)} | ${'value'.padStart(12)} |`,
    `| ${'-'.repeat(width)} | ${'-'.repeat(11)}: |`,
    ...rows,
  ].join('\n');
};

/** The machine of a measurement. */
export const machine = () => ({
  cores: availableParallelism(),
  memory_gb: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
});

const formatted = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
