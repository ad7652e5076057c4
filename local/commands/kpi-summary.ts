import { styleText } from 'node:util';
import type { Files, KpiItem, Kpis, Ledger } from '../../functions/domain/ports.ts';
import { shapeItems } from '../../functions/domain/rebuild/kpi-items.ts';
import { readUnloaded } from '../../functions/domain/rebuild/kpi-rows.ts';
import { publishedRebuilds } from '../../functions/domain/rebuild/last-rebuilds.ts';
import { rebuildSpec } from '../../functions/domain/rebuild/rebuilding.ts';
import { count } from './count.ts';

/** Reads KPIs back by their documented keys, the way an app does, and says them. */

type Ports = { readonly files: Files; readonly ledger: Ledger; readonly kpis: Kpis };
type Row = Readonly<Record<string, unknown>>;

/**
 * Lines that show KPIs of a mart: of listening the newest day, its top genres, one genre's songs and one listener, of any
 * other an item of each kind. Empty while there are none.
 */
export const kpiSummary = async (ports: Ports, mart: string): Promise<string[]> => {
  const shown = await lastWithDays(ports, mart);
  if (!shown) return itemsOfMart(ports, mart);
  const day = shown.days.at(-1) ?? '';
  const current = await ports.kpis.get(`DAY#${day}`, 'CURRENT');
  if (!current) return [];
  const [top] = list(current.top_genres);
  const genre = top ? await ports.kpis.get(`DAY#${day}#${current.version}`, `GENRE#${top.genre}`) : undefined;
  const listener = (await ports.kpis.query(`LISTENER#${shown.listener}`)).at(-1);
  return [
    ...dayLines(day, current),
    ...(genre ? genreLines(genre) : []),
    ...(listener ? listenerLines(listener) : []),
  ];
};

/** One item of each kind that the newest rebuild with KPIs wrote, as its key templates name them. */
const itemsOfMart = async ({ files, ledger, kpis }: Ports, mart: string): Promise<string[]> => {
  for await (const rebuild of publishedRebuilds(ledger, mart)) {
    const spec = await rebuildSpec(files, rebuild.id);
    const kinds = (spec?.kpis ?? []).flatMap(({ model, shapes }) =>
      shapes.map((shape) => ({ model, shape })),
    );
    const found: string[] = [];
    for (const { model, shape } of kinds) {
      const rows = new Map([[model, await unloadedRows(files, `${spec?.unload}${model}/`, model)]]);
      const [written] = shapeItems(rows, model, shape, { as_of: '', ...rebuild, rebuild: rebuild.id });
      const item = written && (await kpis.get(written.item.pk, written.item.sk));
      if (item) found.push(...itemLines(model, item));
    }
    if (found.length > 0) return found;
  }
  return [];
};

const itemLines = (model: string, { pk, sk, ...attributes }: KpiItem): string[] => [
  `${styleText('bold', model)}  ${key(`pk=${pk}, sk=${sk}`)}`,
  `  ${Object.entries(attributes)
    .filter(([name]) => !['seq', 'version', 'rebuild', 'as_of'].includes(name))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? `(${value.length})` : String(value)}`)
    .join(', ')}`,
];

const unloadedRows = async (files: Ports['files'], prefix: string, model: string): Promise<Row[]> => {
  const keys = await files.list(prefix);
  const texts = await Promise.all(keys.map(async (each) => (await files.readText(each)) ?? ''));
  return [...readUnloaded(model, texts).rows];
};

/** The newest rebuild that spoke of a day: its days and the listener who listened most. */
const lastWithDays = async ({ files, ledger }: Ports, mart: string) => {
  for await (const rebuild of publishedRebuilds(ledger, mart)) {
    const spec = await rebuildSpec(files, rebuild.id);
    const rows = (model: string): Promise<Row[]> => unloadedRows(files, `${spec?.unload}${model}/`, model);
    const days = (await rows('kpi_days')).filter(({ listens }) => Number(listens) > 0);
    if (days.length === 0) continue;
    const [most] = (await rows('kpi_listeners')).sort((a, b) => Number(b.listens) - Number(a.listens));
    return { days: days.map(({ listen_date }) => String(listen_date)).sort(), listener: most?.user_id };
  }
  return undefined;
};

const list = (value: unknown): Row[] => (Array.isArray(value) ? value : []);

/** Digits in groups, all of them, also where no double holds the number. */
const number = (value: unknown): string =>
  new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 }).format(String(value) as `${number}`);
const key = (text: string): string => styleText('dim', text);

const dayLines = (day: string, item: KpiItem): string[] => [
  `${styleText('bold', day)}  ${key(`pk=DAY#${day}, sk=CURRENT`)}`,
  `  ${audience(item)}, ${time(item.listening_ms)}, ${count(Number(item.genres), 'genre')}`,
  ...list(item.top_genres).map(({ rank, genre, listens }) => `  ${rank}. ${genre} (${number(listens)})`),
];

const audience = ({ listens, unique_listeners }: Row): string =>
  `${count(Number(listens), 'listen')} by ${count(Number(unique_listeners), 'listener')}`;

/** Milliseconds as people say them: hours of many, minutes of few. */
const time = (milliseconds: unknown): string => {
  const minutes = Number(milliseconds) / 60_000;
  return minutes >= 600 ? count(Math.round(minutes / 60), 'hour') : `${minutes.toFixed(1)} minutes`;
};

const genreLines = (item: KpiItem): string[] => [
  '',
  `${styleText('bold', item.sk.slice('GENRE#'.length))}  ${key(`pk=${item.pk}, sk=${item.sk}`)}`,
  `  ${audience(item)}, popularity index ${item.popularity_index}`,
  ...list(item.top_songs).map(
    ({ rank, track_id, track_name, artists, listens }) =>
      `  ${rank}. ${track_name ?? track_id}${artists ? `, ${artists}` : ''} (${number(listens)})`,
  ),
];

const listenerLines = (item: KpiItem): string[] => [
  '',
  `${styleText('bold', `listener ${item.pk.slice('LISTENER#'.length)}`)}  ${key(`pk=${item.pk}, sk=${item.sk}`)}`,
  `  ${count(Number(item.listens), 'listen')} on ${count(Number(item.active_days), 'day')}, ${time(item.listening_ms)}, ${time(item.avg_listening_ms)} a listen`,
];
