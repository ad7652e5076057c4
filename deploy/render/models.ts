import { createHash } from 'node:crypto';
import { nameHint } from '../../functions/values/index.ts';
import { ancestorsOf, type KpiShape, Model, widestValue } from '../../functions/warehouse/index.ts';
import { commonType, typeNamed } from '../bind/types.ts';
import { flatText } from '../sql/flat-text.ts';
import { standAlone } from '../sql/inlined.ts';
import { type Problem, placeOf } from '../sql/problem.ts';
import { type FactUpstream, factUpstream, isMadeOf } from './fact-upstream.ts';
import type { Draft } from './model-draft.ts';

/** Completes a model's settings from its references. */
export const withReferences = (draft: Draft, drafts: readonly Draft[]): Draft => ({
  ...draft,
  sql: standAlone(draft, drafts),
  own: ownOf(draft, drafts),
});

const ownOf = (draft: Draft, drafts: readonly Draft[]): object => {
  const { kind, settings, key } = draft;
  if (kind === 'check') return { severity: settings.severity };
  if (kind === 'view') return isStored(draft) ? { stored: true } : {};
  if (kind === 'dimension') return { natural_key: settings.natural_key ?? key };
  if (kind === 'fact') {
    const { dimensions, whole } = upstreamOf(draft, drafts);
    return { partition: settings.partition, reads: readBy(draft, drafts), dimensions, whole };
  }
  if (kind === 'kpi') {
    const [fact] = factsOf(draft, drafts);
    const partition = settings.partition ?? fact?.partition;
    return { fact: fact?.name, partition, spine: settings.spine ?? [partition], kpi: settings.kpi };
  }
  return {};
};

const isStored = ({ kind, settings }: Draft): boolean =>
  kind === 'view' && settings.materialized === 'materialized_view';

/** The staging model that a fact is made from; empty if it is not clear. */
const readBy = ({ settings, refs }: Draft, drafts: readonly Draft[]): string => {
  const staging = drafts.filter(({ name, kind }) => kind === 'staging' && refs.includes(name));
  return settings.reads ?? (staging.length === 1 ? (staging[0]?.name ?? '') : '');
};

/** Facts that a model is computed from, directly or through models without tables. */
export const factsOf = (draft: Draft, drafts: readonly Draft[]): Draft[] =>
  ancestorsOf(drafts, draft.name).filter(({ kind }) => kind === 'fact');

/** What a fact and its KPIs read; the drafts are in order of their references. */
const upstreamOf = (fact: Draft, drafts: readonly Draft[]): FactUpstream => {
  const kpis = drafts.filter((draft) => draft.kind === 'kpi' && factsOf(draft, drafts).includes(fact));
  return factUpstream(fact, kpis, drafts, readBy(fact, drafts));
};

/** The drafts, in order of their references, as models of a mart, each with a hash of everything that it is made from. */
export const modelsOf = (drafts: readonly Draft[], mart: string): Model[] => {
  const hashes = new Map<string, string>();
  return drafts.map((draft) => {
    const { settings: _, rendered: __, path, personal, partition: ___, own, ...relation } = draft;
    const model = { ...relation, ...own };
    const above = draft.refs.map((name) => hashes.get(name) ?? '');
    const hash = createHash('sha256')
      .update(JSON.stringify([model, above]))
      .digest('hex');
    hashes.set(draft.name, hash);
    return Model.parse({ ...model, ...textsOf(draft), path, personal, mart, hash });
  });
};

/** A rebuild puts what a table or a check reads in front of its text; a view brings it along. */
const textsOf = ({ name, kind, sql, incremental_sql, rendered }: Draft) => {
  const full = flatText(kind === 'view' ? sql : rendered.sql, name);
  const incremental = flatText(incremental_sql, name);
  return {
    sql: full.sql,
    ...(full.relations.length > 0 && { relations: full.relations }),
    incremental_sql: incremental.sql,
    ...(incremental.relations.length > 0 && { incremental_relations: incremental.relations }),
  };
};

/** A problem of a model's settings, and the text in the file at its place: its `config(` if absent. */
type ModelProblem = string | { readonly message: string; readonly at: string };

/** Problems of a model among the others; `readElsewhere` are models that files refer to and that could not be rendered. */
export const modelProblems = (
  draft: Draft,
  drafts: readonly Draft[],
  readElsewhere: readonly string[] = [],
): Problem[] => {
  const { file } = draft.rendered;
  return messagesFor(draft, drafts, readElsewhere).map((problem) => {
    const { message, at } = typeof problem === 'string' ? { message: problem, at: 'config(' } : problem;
    const place = placeOf(file.source, at);
    return { file: file.path, ...(place.line ? place : placeOf(file.source, 'config(')), message };
  });
};

const messagesFor = (
  draft: Draft,
  drafts: readonly Draft[],
  readElsewhere: readonly string[],
): ModelProblem[] => [
  ...sourceMessages(draft),
  ...tableMessages(draft, drafts),
  ...storedMessages(draft, drafts),
  ...lacking(draft, [...draft.key, ...(draft.settings.natural_key ?? [])], 'config'),
  ...(rulesFor[draft.kind]?.(draft, drafts, readElsewhere) ?? []),
];

const lacking = (
  { columns }: Pick<Draft, 'columns'>,
  names: readonly string[],
  who: string,
  at: (name: string) => string = (name) => `'${name}'`,
): ModelProblem[] => {
  const there = columns.map(({ name }) => name);
  return [...new Set(names)]
    .filter((name) => !there.includes(name))
    .map((name) => ({
      message: `${who}: ${name} is not a column of the select${nameHint(name, there)}`,
      at: at(name),
    }));
};

const sourceMessages = ({ kind, sources, rendered, settings }: Draft): string[] => {
  if (settings.omit.length > 0)
    return ['config: omit is for sql/silver/: in a KPI, put the omitted columns into kpi'];
  if (settings.public.length > 0)
    return ['config: public is for sql/silver/: the columns there that are made of personal fields'];
  if (kind !== 'staging' && sources.length > 0) return ['only models in sql/staging/ read source()'];
  return rendered.sources.some(({ schema }) => schema !== 'silver')
    ? [`must read only source('silver', …)`]
    : [];
};

/** dbt must agree which relations have their own table. */
const tableMessages = (
  { name, kind, settings: { materialized } }: Draft,
  drafts: readonly Draft[],
): string[] => {
  if (kind === 'staging' && (materialized ?? 'ephemeral') !== 'ephemeral')
    return [`config: materialized must be 'ephemeral' in sql/staging/: staging models have no table`];
  const isRead = drafts.some(({ refs }) => refs.includes(name));
  if (kind === 'kpi' && isRead && (materialized ?? 'ephemeral') !== 'ephemeral')
    return [`config: materialized must be 'ephemeral': another model reads it, and a KPI has no table`];
  if (kind !== 'staging' && kind !== 'kpi' && materialized === 'ephemeral')
    return [`config: materialized is 'ephemeral' only in sql/staging/ and sql/kpis/`];
  return [];
};

/** The rows of a stored view are those before the rebuild until the rebuild is committed; checks read its select instead. */
const storedMessages = (draft: Draft, drafts: readonly Draft[]): ModelProblem[] => {
  if (draft.kind === 'check') return [];
  return drafts
    .filter(({ name, kind }) => draft.refs.includes(name) && kind === 'view')
    .flatMap((read) => {
      const at = `'${read.name}'`;
      if (isStored(read))
        return [
          {
            message: `reads ${read.name}, a stored view, which follows only after the rebuild: make that a view`,
            at,
          },
        ];
      return isStored(draft)
        ? [{ message: `is a stored view, and reads ${read.name}: it can read tables only`, at }]
        : [];
    });
};

/** Columns of two models that are compared with each other, in order, and whose types do not fit. */
const mismatched = (
  one: Draft,
  names: readonly string[],
  other: Draft,
  otherNames: readonly string[],
): ModelProblem[] =>
  names.flatMap((name, at) => {
    const [type, otherType] = [typeIn(one, name), typeIn(other, otherNames[at])];
    if (!type || !otherType || commonType(typeNamed(type), typeNamed(otherType))) return [];
    const message = `config: ${name} is ${type} here, and ${otherNames[at]} of ${other.name}, which it is compared with, is ${otherType}`;
    return [{ message, at: `'${name}'` }];
  });

const typeIn = ({ columns }: Draft, name: string | undefined): string | undefined =>
  columns.find((column) => column.name === name)?.type;

type ModelRule = (draft: Draft, drafts: readonly Draft[], readElsewhere: readonly string[]) => ModelProblem[];

const dimensionMessages: ModelRule = ({ key }) =>
  key.length === 0 ? ['config: key is missing: the columns that are unique in the model'] : [];

const factMessages: ModelRule = (fact, drafts) => {
  const reads = drafts.find(({ name, kind }) => name === readBy(fact, drafts) && kind === 'staging');
  if (!reads) return [`config: reads is missing: the one model of sql/staging/ whose rows become the fact's`];
  const upstream = upstreamOf(fact, drafts);
  return [
    ...dimensionMessages(fact, drafts, []),
    ...lacking(fact, [fact.partition ?? '', 'landed_file'], 'config'),
    ...tooWide(fact, [fact.partition ?? ''], 'config'),
    ...lackingStaging(fact, reads),
    ...declaredMessages(fact, reads, upstream),
    ...Object.entries(upstream.dimensions).flatMap(([name, columns]) => {
      const dimension = drafts.find((draft) => draft.name === name);
      return dimension
        ? mismatched(fact, columns, dimension, dimension.settings.natural_key ?? dimension.key)
        : [];
    }),
    ...(reads.sources.length === 1
      ? []
      : [`${reads.name}, which it reads, must read exactly one silver table`]),
    ...(followsFromKey(fact, reads)
      ? []
      : [
          'config: the partition must be computed from the key alone, so that rows of one key are in one partition',
        ]),
    ...otherStaging(fact, drafts).map((name) => `reads ${name} besides ${reads.name}: make it a dimension`),
  ];
};

/** Columns of a fact by which a rebuild finds, in staging, the rows to compute again. */
const lackingStaging = (fact: Draft, reads: Draft): ModelProblem[] => {
  const needed: readonly (readonly [name: string, why: string])[] = [
    [
      fact.partition ?? '',
      `it is the fact's partition, which a rebuild needs to find what a file has changed`,
    ],
    ['landed_file', 'a rebuild needs it to find what a file has changed'],
    ...fact.key.map(
      (name) => [name, `it is in the fact's key, from which the partition is computed`] as const,
    ),
  ];
  const there = reads.columns.map(({ name }) => name);
  return [...new Map(needed)]
    .filter(([name]) => fact.columns.some((column) => column.name === name) && !there.includes(name))
    .map(([name, why]) => ({
      message: `${reads.name}, which it reads: ${name} is not a column of the select${nameHint(name, there)}; ${why}: add it to ${reads.rendered.file.path}`,
      at: `'${name}'`,
    }));
};

/** Dimensions in a fact's config must be joined, and their columns must exist. */
const declaredMessages = (fact: Draft, reads: Draft, { dimensions, whole }: FactUpstream): ModelProblem[] => {
  const joined = Object.keys({ ...dimensions, ...whole });
  const columns = [...fact.columns, ...reads.columns];
  return Object.entries(fact.settings.dimensions).flatMap(([name, key]) =>
    joined.includes(name)
      ? lacking({ columns }, key, `config: dimensions: ${name} is joined by columns of the fact`)
      : [
          {
            message: `config: dimensions: it joins no dimension ${name}${nameHint(name, joined)}`,
            at: `'${name}'`,
          },
        ],
  );
};

const otherStaging = (fact: Draft, drafts: readonly Draft[]): string[] =>
  drafts
    .filter(
      ({ name, kind }) => kind === 'staging' && fact.refs.includes(name) && name !== readBy(fact, drafts),
    )
    .map(({ name }) => name);

/** True if staging computes the partition only from key columns that it passes on unchanged. */
const followsFromKey = ({ partition = '', key }: Draft, reads: Draft): boolean => {
  const made = reads.rendered.columns.find(({ name }) => name === partition);
  return key.includes(partition) || (made?.uses.every((name) => key.includes(name)) ?? false);
};

const kpiMessages: ModelRule = (kpi, drafts) => {
  const [fact, ...others] = factsOf(kpi, drafts);
  if (!fact || others.length > 0) return ['a KPI must be computed from exactly one fact'];
  if (kpi.partition === undefined)
    return [
      'config: partition is missing: the column that tells which rows of the KPI a rebuild computes again',
    ];
  const spine = kpi.settings.spine ?? [kpi.partition];
  const circular = ancestorsOf(drafts, kpi.name).filter(
    ({ name, kind }) => kind === 'dimension' && isMadeOf(drafts, name, fact.name),
  );
  return [
    ...circular.map(({ name }) => ({
      message: `joins ${name}, which itself reads ${fact.name}: compute it from ${fact.name} here, or in another KPI model`,
      at: `'${name}'`,
    })),
    ...lacking(kpi, [kpi.partition], 'config'),
    ...lacking(fact, [kpi.partition, ...spine], `${fact.name}, which it is computed from`),
    ...tooWide(fact, [kpi.partition, ...spine], `${fact.name}, which it is computed from`),
    ...kpi.settings.kpi.flatMap((shape) => shapeMessages(kpi, shape, drafts)),
  ];
};

/** A rebuild notes values of partitions and spines, and Redshift would cut longer ones off. */
const tooWide = (fact: Draft, names: readonly string[], who: string): ModelProblem[] =>
  fact.columns
    .filter(({ name, type }) => names.includes(name) && charactersOf(type) > widestValue)
    .map(({ name, type }) => ({
      message: `${who}: ${name} is ${type}, and a partition or spine has texts of at most ${widestValue.toLocaleString('en')} characters: make ${fact.name} take left(${name}, ${widestValue})`,
      at: `'${name}'`,
    }));

const charactersOf = (type: string): number => Number(/^varchar\((\d+)\)$/.exec(type)?.[1] ?? 0);

const shapeMessages = (
  kpi: Draft,
  { pk, sk, omit, lists }: KpiShape,
  drafts: readonly Draft[],
): ModelProblem[] => {
  const filled = [...`${pk}${sk}`.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const own = filled.filter((name) => name !== 'version' && name !== 'seq');
  return [
    ...[pk, sk].flatMap(templateMessages),
    ...lacking(kpi, own, 'config: kpi', (name) => `{${name}}`),
    ...lacking(kpi, omit, 'config: kpi: omit'),
    ...lists.flatMap(({ from, by, order }) => {
      const list = drafts.find(({ name, kind }) => name === from && kind === 'kpi');
      const kpis = drafts.filter(({ kind }) => kind === 'kpi').map(({ name }) => name);
      if (!list)
        return [
          { message: `config: kpi: lists: no KPI is called ${from}${nameHint(from, kpis)}`, at: `'${from}'` },
        ];
      return [
        ...lacking(kpi, by, 'config: kpi: by'),
        ...lacking(list, [...by, order], `${from}, a list of it`),
        ...mismatched(kpi, by, list, by),
      ];
    }),
  ];
};

const templateMessages = (template: string): ModelProblem[] => {
  if (template === '') return ['config: kpi: a key of DynamoDB must not be empty'];
  if (!/[{}]/.test(template.replaceAll(/\{[^{}]*\}/g, ''))) return [];
  return [{ message: `config: kpi: ${template} has a brace too few or too many`, at: `'${template}'` }];
};

const checkMessages: ModelRule = ({ columns }) =>
  columns.map(({ name }) => name).join(', ') === 'subject, detail'
    ? []
    : ['a check must have the columns subject and detail'];

const stagingMessages: ModelRule = ({ name, sources, rendered }, drafts, readElsewhere) => [
  ...(sources.length > 0 || rendered.refs.length > 0 ? [] : ['reads no silver table']),
  ...(readElsewhere.includes(name) || drafts.some(({ refs }) => refs.includes(name))
    ? []
    : ['no model refers to it: use it or remove it']),
];

const rulesFor: Readonly<Partial<Record<Model['kind'], ModelRule>>> = {
  dimension: dimensionMessages,
  fact: factMessages,
  kpi: kpiMessages,
  check: checkMessages,
  staging: stagingMessages,
};
