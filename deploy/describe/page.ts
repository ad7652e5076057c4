import { parseRuleset } from '../../functions/quality/index.ts';
import type { Documentation } from './documentation.ts';
import { lineagePicture } from './lineage.ts';
import type { DescribedCheck, DescribedColumn, DescribedRelation } from './relations.ts';
import { writtenFolder } from './written.ts';

const head = `# Warehouse

<!-- Written by \`npm run render\`. Do not edit it here: see models.md, "Descriptions". -->

Every table, view and KPI of the warehouse: what one row is, what the columns mean, which rules hold, and which checks watch them. This page is
generated from the SQL files, the manifests, and what people write in [${writtenFolder}/](../${writtenFolder}) ([how](models.md#descriptions)).

- Silver tables are in the schema \`silver\`, tables and views in \`gold\`. Staging models have no table: they are part of the models that read them.
  KPIs are [items of the KPI table](kpis.md).
- Moments have no zone and are UTC. Money is decimal, in the currency that is given as its unit. A percentage is a number from 0 to 100.
- The columns of a silver table come from the fields of its files. In all other tables, **from** names the column that is passed on unchanged.
  Where it is empty, the model computes the column.
- A check of severity \`error\` that finds a row stops the rebuild. One of severity \`warn\` is only reported ([checks](checks.md)).
`;

/** The page of the warehouse, in Markdown. */
export const pageOf = (documentation: Documentation): string => {
  const shown = new Set<DescribedRelation>();
  const marts = documentation.marts.map((mart) => {
    const isNew = mart.relations.filter((relation) => !shown.has(relation));
    for (const relation of isNew) shown.add(relation);
    return martSection(mart, isNew, documentation);
  });
  const rest = documentation.relations.filter((relation) => !shown.has(relation));
  const unread =
    rest.length === 0 ? [] : ['## Read by no mart', ...rest.map((one) => section(one, documentation))];
  return `${[head.trimEnd(), ...marts, ...unread].join('\n\n')}\n`;
};

type Mart = Documentation['marts'][number];

const martSection = (
  { name, relations }: Mart,
  isNew: readonly DescribedRelation[],
  documentation: Documentation,
): string =>
  [
    `## The mart ${name}`,
    `\`\`\`mermaid\n${lineagePicture(relations, documentation.sources)}\n\`\`\``,
    [
      ...['| relation | is a | one row per |', '|---|---|---|'],
      ...relations.map(
        (one) => `| [${one.name}](#${one.name}) | ${kindWords[one.kind]} | ${cell(oneRow(one))} |`,
      ),
    ].join('\n'),
    ...isNew.map((one) => section(one, documentation)),
  ].join('\n\n');

const kindWords: Readonly<Record<DescribedRelation['kind'], string>> = {
  silver: 'silver table',
  staging: 'staging model',
  dimension: 'dimension',
  fact: 'fact',
  view: 'view',
  kpi: 'KPI',
};

/** The heading of the table has the first words of every grain. */
const oneRow = ({ grain }: DescribedRelation): string => grain.replace(/^one row per /i, '');

const section = (relation: DescribedRelation, documentation: Documentation): string => {
  const { name, kind, grain, description, rules, columns } = relation;
  const parts = [
    `### ${name}`,
    `${sentence(grain)}${description === undefined ? '' : `\n\n${sentence(description)}`}`,
    factsOf(relation, documentation),
    columnTable(columns, kind !== 'silver'),
    list('Rules', rules.map(sentence)),
    ...(kind === 'silver' ? [qualityRules(name, documentation)] : []),
    list('Checks', checksOf(relation, documentation.checks).map(checkLine)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
};

const factsOf = (relation: DescribedRelation, { sources, relations }: Documentation): string => {
  const { kind, name, file, reads } = relation;
  const { settings } = file;
  const { key, partition, natural_key: natural = [] } = settings;
  const isReplaced = kind === 'fact' && partition !== undefined;
  const source = sources.find(({ dataset }) => kind === 'silver' && dataset === name);
  return [
    `- ${capital(kindWords[kind])}${settings.materialized === 'materialized_view' ? ' whose rows Redshift stores' : ''}, [${file.file.path}](../${file.file.path})`,
    ...(source
      ? [
          `- Source: ${source.from}. [Manifest](../rules/${name}/manifest.json)${source.purpose ? `: ${source.purpose}` : ''}`,
        ]
      : []),
    ...(reads.length > 0 ? [`- Reads ${reads.map(linked).join(', ')}`] : []),
    ...(key.length > 0 ? [`- Key: ${key.map(code).join(', ')}`] : []),
    ...(natural.length > 0 ? [`- Natural key: ${natural.map(code).join(', ')}`] : []),
    ...(isReplaced ? [`- Rows are replaced by ${code(partition)}`] : []),
    ...settings.kpi.map(({ pk, sk, publish }) => `- Items: \`pk=${pk}\`, \`sk=${sk}\` (${publish})`),
    ...listsOf(name, relations),
  ].join('\n');
};

/** Attributes of other KPIs' items that hold the rows of this one. */
const listsOf = (name: string, relations: readonly DescribedRelation[]): string[] =>
  relations.flatMap((other) =>
    other.file.settings.kpi.flatMap(({ lists }) =>
      lists
        .filter(({ from }) => from === name)
        .map(({ as }) => `- Its rows are the list \`${as}\` in items of ${linked(other.name)}`),
    ),
  );

const linked = (name: string): string => `[${name}](#${name.replace(/^silver\./, '')})`;

const columnTable = (columns: readonly DescribedColumn[], hasOrigins: boolean): string => {
  const row = (cells: readonly string[], from: string): string =>
    `| ${[...cells, ...(hasOrigins ? [from] : [])].map(cell).join(' | ')} |`;
  return [
    row(['column', 'type', 'unit', 'meaning'], 'from'),
    row(['---', '---', '---', '---'], '---'),
    ...columns.map(({ name, type, unit, description, origin, isPersonal }) => {
      const meaning = [description ?? '', ...(isPersonal ? ['Personal data.'] : [])].join(' ').trim();
      const from = origin ? `${origin.relation}.${origin.column}` : '';
      return row([code(name), type, unit ?? unitOfType(type), meaning], from);
    }),
  ].join('\n');
};

const unitOfType = (type: string): string => {
  if (type === 'timestamp') return 'moment, UTC';
  return type === 'date' ? 'day' : '';
};

const qualityRules = (dataset: string, { rules }: Documentation): string => {
  const own = rules.find((one) => one.dataset === dataset);
  const entries = own ? parseRuleset(own.ruleset).map(({ text }) => code(text.replaceAll(/\s+/g, ' '))) : [];
  const file = `rules/${dataset}/quality.dqdl`;
  return list(`Quality rules of each file ([${file}](../${file}))`, entries);
};

const checksOf = ({ kind, name }: DescribedRelation, checks: readonly DescribedCheck[]): DescribedCheck[] =>
  kind === 'silver' ? [] : checks.filter(({ reads }) => reads.includes(name));

const checkLine = ({ name, path, severity, grain }: DescribedCheck): string =>
  `[${name}](../${path}) (${severity}) finds ${grain}`;

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}:\n\n${lines.map((line) => `- ${line}`).join('\n')}`;

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
const sentence = (text: string): string => (text === '' ? '' : `${capital(text).replace(/\.$/, '')}.`);
const code = (text: string): string => `\`${text}\``;

/** A table of Markdown takes one line per cell, and a bar only with a backslash. */
const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
