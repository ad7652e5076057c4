import { issueProblem, readManifestJson } from '../validation/index.ts';
import type { PostgresSource } from './postgres-schema.ts';
import type { RestSource } from './rest-schema.ts';
import { Source } from './source.ts';
import { hasWindow } from './window.ts';

/** A source, or its problems, each with its path in the file. */
export type ParsedSource =
  | { readonly ok: true; readonly source: Source }
  | { readonly ok: false; readonly problems: readonly string[] };

const mostProblems = 100;

/** Reads a `source.json`; whatever the bytes are, the answer is a value. */
export const parseSource = (content: string): ParsedSource => {
  const json = readManifestJson(Buffer.from(content), 'source');
  if (!json.ok) return json;
  const parsed = Source.safeParse(json.value);
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues.slice(0, mostProblems).map((issue) => issueProblem(issue, 'source')),
    };
  const problems = [...commonProblems(parsed.data), ...kindProblems(parsed.data)];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, source: parsed.data };
};

const commonProblems = ({ snapshot, late_days }: Source): string[] =>
  snapshot && late_days > 0 ? ['late_days: says nothing for a snapshot'] : [];

const kindProblems = (source: Source): string[] =>
  source.kind === 'rest' ? restProblems(source) : postgresProblems(source);

const connectionHeaders =
  /^(host|connection|keep-alive|transfer-encoding|content-length|accept-encoding|upgrade|te|expect)$/i;

const restProblems = (source: RestSource): string[] => {
  const { url, query, headers, snapshot, auth } = source;
  const isWindowed = [url, ...Object.values(query)].some(hasWindow);
  const names = Object.keys(headers);
  const authorising = names.filter((name) => /^(proxy-)?authorization$|^cookie$/i.test(name));
  const ofConnection = names.filter((name) => connectionHeaders.test(name));
  return [
    ...(url.includes('?') || url.includes('#') ? ['url: has a query; write it under query'] : []),
    ...(isWindowed || snapshot
      ? []
      : [
          'query: has neither {from} nor {to}, so each pull gets the full content; if that is right, say "snapshot": true',
        ]),
    ...authorising.map((name) => `headers.${name}: is sent by auth`),
    ...ofConnection.map((name) => `headers.${name}: belongs to the connection`),
    ...(auth.kind === 'api_key' && auth.in === 'query' && Object.hasOwn(query, auth.name)
      ? [`query.${auth.name}: is sent by auth`]
      : []),
    ...pagingProblems(source),
  ];
};

const pagingProblems = ({ paging, query }: RestSource): string[] => {
  const parameters = ['parameter', 'size_parameter'].flatMap((key) => {
    const name: unknown = Object.entries(paging).find(([one]) => one === key)?.[1];
    return typeof name === 'string' && Object.hasOwn(query, name) ? [`query.${name}: is sent by paging`] : [];
  });
  const signals = ['more', 'total', 'pages'].filter((key) => Object.hasOwn(paging, key));
  const isUnsized = paging.kind === 'page' && paging.total !== undefined && paging.size === undefined;
  return [
    ...parameters,
    ...(signals.length > 1 ? [`paging.${signals[1]}: is one signal too many beside ${signals[0]}`] : []),
    ...(isUnsized ? ['paging.total: needs paging.size'] : []),
  ];
};

const postgresProblems = (source: PostgresSource): string[] => {
  const { query, table, window_column, snapshot, auth, user } = source;
  const ofTable = (['columns', 'order', 'window_column'] as const).filter((key) => source[key] !== undefined);
  const isWindowed = window_column !== undefined || (query !== undefined && hasWindow(query));
  return [
    ...(query === undefined && table === undefined ? ['source: has neither table nor query'] : []),
    ...(query !== undefined && table !== undefined ? ['query: stands beside table; one of them'] : []),
    ...(query === undefined ? [] : ofTable.map((key) => `${key}: is for a table, not for a query`)),
    ...(isWindowed || snapshot
      ? []
      : [
          `${query === undefined ? 'table' : 'query'}: is read in full by each pull; say "snapshot": true, or ${query === undefined ? 'window_column' : '{from} and {to} in the query'}`,
        ]),
    ...(auth.kind === 'rds_iam' && user === undefined ? ['auth: rds_iam needs a user'] : []),
  ];
};
