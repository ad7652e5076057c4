import { basename } from 'node:path';
import { anyFile, landedFile } from '../../../functions/pipeline/index.ts';
import { identifier } from '../../../functions/values/index.ts';
import { count, grouped } from '../../output/count.ts';
import { nextCommand } from '../../output/next-command.ts';
import type { Problem } from '../problem.ts';
import type { Compared, StatePorts } from './ports.ts';

type Ports = Pick<StatePorts, 'ledger' | 'catalog' | 'ask'>;

/** Compares the rows of silver, counted by file version, with what the ledger says was published. */
export const silverProblems = async (
  ports: Ports,
): Promise<{ problems: Problem[]; counts: Pick<Compared, 'rows'> }> => {
  const problems: Problem[] = [];
  let rows = 0;
  for (const dataset of Object.keys(ports.catalog.datasets)) {
    const found = await rowsIn(ports, dataset);
    for (const number of found.values()) rows += number;
    problems.push(...(await differencesIn(ports, dataset, found)));
  }
  return { problems, counts: { rows } };
};

const idOf = (file: string, version: string): string => `${file}@${version}`;

const rowsIn = async ({ ask }: Ports, dataset: string): Promise<Map<string, number>> => {
  const { rows } = await ask(
    `select landed_file, landed_version, count(*) from silver.${identifier(dataset)} group by landed_file, landed_version`,
  );
  return new Map(
    rows.map(([file, version, number]) => [idOf(String(file), String(version)), Number(number)]),
  );
};

const differencesIn = async (
  { ledger }: Ports,
  dataset: string,
  found: Map<string, number>,
): Promise<Problem[]> => {
  const problems: Problem[] = [];
  for (const file of (await ledger.files.published(dataset)).map(anyFile)) {
    const id = idOf(landedFile(file), file.version);
    const [has, wanted] = [found.get(id) ?? 0, file.rows ?? 0];
    found.delete(id);
    // While it is reprocessed, its rows are replaced before its record says so.
    if (has === wanted || file.reprocess?.state === 'claimed') continue;
    const message = `silver.${dataset} has ${count(has, 'row')} of ${id}, but ${grouped(wanted)} were published`;
    const next = nextCommand('reprocess', dataset, '--file', basename(file.key));
    problems.push({ check: 'silver', about: dataset, message, next });
  }
  for (const [id, has] of found) {
    const message = `silver.${dataset} has ${count(has, 'row')} of ${id}, which is not published by the ledger`;
    problems.push({ check: 'silver', about: dataset, message, next: nextCommand('runs', dataset) });
  }
  return problems;
};
