import { setTimeout as pause } from 'node:timers/promises';
import { notice } from '../../output/answer.ts';
import { count, grouped } from '../../output/count.ts';
import { nextAfter, type Problem } from '../problem.ts';
import { kpiProblems } from './kpi-items.ts';
import { ledgerProblems } from './ledger-objects.ts';
import { megabytes, objectProblems } from './objects.ts';
import type { Compared, StatePorts } from './ports.ts';
import { silverProblems } from './silver-rows.ts';

/** What differs in a state, and how much was compared. */
export type Comparison = { readonly problems: readonly Problem[]; readonly compared: Compared };

type Part = (ports: StatePorts) => Promise<{ problems: readonly Problem[]; counts: Partial<Compared> }>;

const parts: Readonly<Record<string, Part>> = {
  'the bytes of objects': objectProblems,
  'the ledger with the objects': ledgerProblems,
  'silver with the ledger': silverProblems,
  'KPI items with gold': kpiProblems,
};

/** Milliseconds after which what differs in a running cloud is compared again: files move from one place to another. */
const again = 3_000;

/** Compares the parts of a state with each other, and says on standard error what it is doing. */
export const compareState = async (ports: StatePorts): Promise<Comparison> => {
  let compared: Compared = { objects: 0, bytes: 0, files: 0, rows: 0, kpi_items: 0 };
  const problems: Problem[] = [];
  for (const [what, part] of Object.entries(parts)) {
    notice(`Comparing ${what} …`);
    const found = await comparePart(ports, what, part);
    compared = { ...compared, ...found.counts };
    problems.push(...found.problems);
  }
  return { problems, compared };
};

const comparePart = async (ports: StatePorts, what: string, part: Part): ReturnType<Part> => {
  const found = await compareOnce(ports, what, part);
  if (!ports.isRunning || found.problems.length === 0 || part === objectProblems) return found;
  await pause(again);
  const second = await compareOnce(ports, what, part);
  const messages = new Set(found.problems.map(({ message }) => message));
  return { ...second, problems: second.problems.filter(({ message }) => messages.has(message)) };
};

/** What cannot be read is a problem, too; the error names it. */
const compareOnce = async (ports: StatePorts, what: string, part: Part): ReturnType<Part> => {
  try {
    return await part(ports);
  } catch (cause) {
    const message = `${what} cannot be compared: ${cause instanceof Error ? cause.message : cause}`;
    const problem = { check: 'state', about: 'state', message, next: nextAfter(cause) };
    return { problems: [problem], counts: {} };
  }
};

/** The counts in one line. */
export const comparedLine = ({ objects, bytes, files, rows, kpi_items }: Compared): string =>
  `Compared ${count(objects, 'object')} (${megabytes(bytes)}), ${count(files, 'file')} of the ledger, ${grouped(rows)} rows of silver and ${count(kpi_items, 'KPI item')}.`;
