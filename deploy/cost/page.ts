import { assumptions } from './assumptions.ts';
import { type Charge, charges, type Stage } from './charges.ts';
import { idleLines } from './idle.ts';
import { addedUp, dollarsOf, type Line, sumOf } from './lines.ts';
import { measured } from './measured.ts';
import { collected, type Price, prices, region } from './prices.ts';
import { numberAt } from './template.ts';
import { keptLines, keptLongLines, useLines, type Work, works } from './use.ts';

/** A stage of the page, with its name there. */
export type Column = { readonly name: string; readonly stage: Stage };

/** The page of costs, in Markdown. */
export const costPage = (columns: readonly Column[]): string =>
  `${[
    head,
    summary(columns),
    idleSection(columns),
    useSection(columns),
    kept(),
    ceiling(columns),
    chargesSection(columns),
    assumptionsSection(),
    pricesSection(),
    leftOut(),
  ].join('\n\n')}\n`;

const head = `# Cost

<!-- Written by \`npm run cost\`. Do not edit it here: see deploy/cost. -->

What a stage costs on AWS, in US dollars, in the region ${region}. The page is computed from the packaged template of each stage and from [list prices](#prices) that were collected on ${collected}.
**Nobody has compared it with a bill yet**: [assumptions](#assumptions) stand for what can only be measured on AWS. They are chosen to say too much rather than too little.

Amounts are without taxes and discounts. AWS's permanent free allowances (among them 10 alarms, 10 metrics, 3 dashboards, 5 GB of logs and a million calls of functions for each account and month) are not subtracted.`;

/** The stages that do the work of the tables below. */
const serverless = (columns: readonly Column[]): Column[] =>
  columns.filter(({ stage }) =>
    stage.created.some(({ type }) => type === 'AWS::RedshiftServerless::Workgroup'),
  );

const summary = (columns: readonly Column[]): string => {
  const row = (title: string, dollars: (stage: Stage) => number): string =>
    `| ${title} | ${columns.map(({ stage }) => money(dollars(stage))).join(' | ')} |`;
  const idle = row('**a month in which nothing happens**', (stage) => sumOf(idleLines(stage)));
  const used = Object.values(works).map((work) => row(work.title, (stage) => sumOf(useLines(stage, work))));
  return [
    '## In short',
    table(
      ['US dollars', ...columns.map(({ name }) => `\`${name}\``)],
      `|---|${'---:|'.repeat(columns.length)}`,
      [idle, ...used],
    ),
    `\`cluster\` is \`dev\` with a provisioned warehouse, a NAT gateway and an endpoint for Secrets Manager (\`warehouse=cluster\`, \`natGateway=true\`, \`secretsEndpoint=true\`).

What decides is how often something runs, more than how much lands: a batch costs two runs of Glue and a rebuild in Redshift, and each bills a minute at least. A thousand small files cost little if they land together, because
the pipeline merges them into one batch. They cost most if each lands alone, more than \`rebuildInterval\` after the one before. To pay less, land files together, or raise \`rebuildInterval\` ([deploy.md](deploy.md#how-often-marts-are-rebuilt)).`,
  ].join('\n\n');
};

const idleSection = (columns: readonly Column[]): string => {
  const all = columns.map(({ stage }) => idleLines(stage));
  const names = addedUp(all.flat());
  const rows = names.map(({ what, price }) => {
    const cells = all.map((lines) => {
      const line = lines.find((each) => each.what === what && each.price === price);
      return line && line.count > 0 ? `${amount(line.count)} | ${money(dollarsOf(line))}` : '|';
    });
    return `| ${what} | ${prices[price].unit} | ${cells.join(' | ')} |`;
  });
  const sums = `| **together** | | ${all.map((lines) => `| **${money(sumOf(lines))}**`).join(' | ')} |`;
  const headers = columns.flatMap(({ name }) => [`\`${name}\``, 'US dollars']);
  return [
    '## While nothing happens',
    table(['each month', 'paid by the', ...headers], `|---|---|${'---:|---:|'.repeat(columns.length)}`, [
      ...rows,
      sums,
    ]),
    `- **Redshift Serverless costs nothing while no statement runs, and no schedule wakes it.** The sweep asks the ledger, and calls a function that sends a statement only if there is work. The nightly snapshots of \`prod\` need no statement.
- The key costs one dollar a month more after each of its first two yearly rotations.
- Optimisers are billed on the assumption that each of their runs costs a minute, also if there is nothing to delete. In \`dev\` they run once a week (\`optimiserHours\`).
- A dashboard, the alarms of functions and the alarm for silence are in \`prod\` only, unless a stage asks for them (\`dashboard\`, \`functionAlarms\`, \`quietAlarm\`).`,
  ].join('\n\n');
};

const useSection = (columns: readonly Column[]): string =>
  [
    '## With use',
    'What each amount of work costs once, in addition to the table above. Files are CSV, uncompressed.',
    ...serverless(columns).map(({ name, stage }) => usedBy(name, stage)),
    'A cluster is paid by the hour and has no line of Redshift Serverless; everything else is as in `dev`.',
    formulas,
  ].join('\n\n');

const usedBy = (name: string, stage: Stage): string => {
  const all = Object.values(works).map((work: Work) => grouped(useLines(stage, work)));
  const names = [...new Set(all.flatMap((one) => [...one.keys()]))];
  const rows = names.map(
    (what) => `| ${what} | ${all.map((one) => money(one.get(what) ?? 0)).join(' | ')} |`,
  );
  const sums = all.map((one) => `**${money([...one.values()].reduce((sum, dollars) => sum + dollars, 0))}**`);
  return [
    `### \`${name}\``,
    table(
      ['US dollars', ...Object.values(works).map(({ title }) => title)],
      `|---|${'---:|'.repeat(all.length)}`,
      [...rows, `| **together** | ${sums.join(' | ')} |`],
    ),
  ].join('\n\n');
};

/** Dollars by name, whatever the prices. */
const grouped = (lines: readonly Line[]): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const line of lines) sums.set(line.what, (sums.get(line.what) ?? 0) + dollarsOf(line));
  return sums;
};

const formulas = `How the two largest lines are computed, for each batch of so many GB and files:

- Glue: 2 runs × (the greater of 60 s and ${assumptions.runStartSeconds.value} s + (${assumptions.runThreadSecondsPerGb.value / 2} s × GB + ${assumptions.runThreadSecondsPerFile.value} s × files) ÷ cores) × DPUs × ${prices.dpuHour.usd} ÷ 3600. A stage with *n* workers \`G.1X\` has
  *n* DPUs, and ${assumptions.coresPerDpu.value} × (*n* − 1) cores that read.
- Redshift Serverless: (the greater of 60 s and ${assumptions.rebuildStartSeconds.value} s + ${assumptions.rebuildSecondsPerGb.value} s × GB) × base RPUs × ${prices.rpuHour.usd} ÷ 3600.

The calls of functions and jobs were counted on a laptop cloud on ${measured.date} (\`npm run bench -- calls --files 100\`): for each file ${measured.file.tableWrites} writes and ${measured.file.tableReads} reads of the ledger, and ${measured.waitingReads} more for each
file that waits with it; ${measured.file.s3Writes} writes and ${measured.file.s3Reads} reads of the lake, ${measured.file.events} events and ${measured.file.calls} calls of functions.`;

const kept = (): string => `## What stays

Each 10 GB that landed cost ${money(sumOf(keptLines(10)))} a month, and ${money(sumOf(keptLongLines(10)))} from the 90th day on, when the archive is in Glacier Instant Retrieval; 1,000 GB cost ${money(sumOf(keptLines(1000)))} and ${money(sumOf(keptLongLines(1000)))}.
The KPI table costs ${prices.tableMonth.usd + prices.tableBackupMonth.usd} a GB and month with its point-in-time recovery; a million items of 300 bytes are 0.3 GB.
The nightly snapshots of \`prod\` cost what changed since the one before, at the price of S3. [deploy.md](deploy.md#what-stays-small) says what is deleted by itself.`;

const ceiling = (columns: readonly Column[]): string => {
  const rows = serverless(columns).map(({ name, stage }) => {
    const { dailyRpuHours } = stage;
    return `| \`${name}\` | ${dailyRpuHours} | ${money(dailyRpuHours * prices.rpuHour.usd)} | ${money(budgetOf(stage))} |`;
  });
  return [
    '## What it can cost at most',
    table(
      ['stage', 'RPU-hours a day', 'US dollars a day for Redshift', 'monthly budget'],
      '|---|---:|---:|---:|',
      rows,
    ),
    `Redshift Serverless stops at its daily limit (\`warehouseDailyRpuHours\`). Glue has no such limit: a dataset runs one batch at a time. The alarm \`costs-much\` tells when both used more than \`dailyCost\` in a day, and the budget sends a
mail at 80 % of the month.`,
  ].join('\n\n');
};

const budgetOf = ({ template, created }: Stage): number => {
  const budget = created.find(({ type }) => type === 'AWS::Budgets::Budget');
  return budget ? numberAt(template, budget.properties, 'Budget', 'BudgetLimit', 'Amount') : 0;
};

const chargesSection = (columns: readonly Column[]): string => {
  const types = new Set(
    columns.flatMap(({ stage }) => Object.values(stage.template.Resources).map(({ Type }) => Type)),
  );
  const known = [...types].sort().map((type): [string, Charge] => [type, charges[type] ?? { free: '' }]);
  const paid = known.flatMap(([type, charge]) =>
    'free' in charge ? [] : [`| ${shortOf(type)} | ${'idle' in charge ? 'yes' : ''} | ${charge.use ?? ''} |`],
  );
  const free = known.flatMap(([type, charge]) =>
    'free' in charge ? [`| ${shortOf(type)} | ${charge.free} |`] : [],
  );
  return [
    '## Every type of resource',
    'A test fails if the template has a type that is not here.',
    table(['type', 'may cost while nothing happens', 'costs with use'], '|---|---|---|', paid),
    table(['type', 'costs nothing because'], '|---|---|', free),
  ].join('\n\n');
};

const shortOf = (type: string): string => `\`${type.replace(/^AWS::/, '')}\``;

const assumptionsSection = (): string =>
  [
    '## Assumptions',
    table(
      ['value', 'means', 'because'],
      '|---:|---|---|',
      Object.values(assumptions).map(
        ({ value, means, because }) => `| ${value.toLocaleString('en-US')} | ${means} | ${because} |`,
      ),
    ),
  ].join('\n\n');

const pricesSection = (): string => {
  const rows = Object.values(prices).map(
    (price: Price) =>
      `| ${price.unit} | ${exact(price.usd)} | [${price.page}](https://aws.amazon.com/${price.page}/pricing/) | ${seenOf(price)} |`,
  );
  return [
    '## Prices',
    `In ${region}, collected on ${collected}, first tier. *Price list*: read in a copy of AWS's public price list of the region, with the date on which that list was published. *Pricing page*: read in a copy of the page, with the date of the copy. *From
memory*: could not be confirmed in a stored document; compare it with the page before a decision depends on it.`,
    table(['one', 'US dollars', 'page', 'seen'], '|---|---:|---|---|', rows),
    'To update them, change [deploy/cost/prices.ts](../deploy/cost/prices.ts) and run `npm run cost`.',
  ].join('\n\n');
};

const seenOf = ({ seen }: Price): string => {
  if (seen === 'memory') return 'from memory';
  return 'list' in seen ? `price list, ${seen.list}` : `pricing page, ${seen.page}`;
};

const leftOut = (): string => `## What is not here

- Data that leaves AWS, for example to an application elsewhere, and reads of KPIs by applications (${exact(prices.tableRead.usd * 1_000_000)} US dollars a million).
- Pulls from sources: some minutes of a function a month, and what the source itself costs.
- Queries of people in Athena (${prices.athenaTb.usd} US dollars a TB; a query scans \`athenaScanLimit\` at most) and in Redshift.
- Deployments. One that changes tables runs Glue once, and Redshift for some minutes.
- The stream of listens (\`realtime\`): ${exact(prices.firehoseGb.usd)} US dollars a GB, where each listen counts as 5 KB, and a batch for each file that it lands.`;

const table = (headers: readonly string[], rule: string, rows: readonly string[]): string =>
  [`| ${headers.join(' | ')} |`, rule, ...rows].join('\n');

const money = (dollars: number): string => {
  if (dollars === 0) return '0';
  if (dollars < 0.005) return '< 0.01';
  return dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
};

const amount = (count: number): string =>
  count.toLocaleString('en-US', count < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 });

/** All digits, and no exponent. */
const exact = (usd: number): string => usd.toFixed(10).replace(/\.?0+$/, '');
