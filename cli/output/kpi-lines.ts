import { styleText } from 'node:util';
import type { KpiKind, LatestKpis } from '../../functions/pipeline/index.ts';
import { isNumber, stringifyExactly } from '../../functions/values/index.ts';
import type { KpiItem } from '../../functions/warehouse/index.ts';
import { cellText, visible } from './rows-text.ts';

/** KPIs as text: each item with its key, its figures with all digits. */

const listShown = 3;

/** A column that only a program needs. */
const stamps = ['seq', 'version', 'rebuild', 'as_of', 'expires'];

/** Lines with KPIs of a mart; `rest` is the command that shows more. Empty if there are none. */
export const kpiLines = ({ mart, rebuild, kpis, error }: LatestKpis, rest: string): string[] => {
  if (error !== undefined) return [`${styleText('bold', mart)}: its KPIs cannot be read: ${visible(error)}`];
  if (rebuild === undefined) return [];
  const isMore = kpis.some(({ rows, items }) => rows > items.length);
  return [
    `${styleText('bold', mart)}: KPIs, last written by rebuild ${rebuild}`,
    ...kpis.flatMap(kindLines),
    ...(isMore ? [`  ${styleText('dim', `more of them: ${rest}`)}`] : []),
  ];
};

const kindLines = ({ kpi, rows, items }: KpiKind): string[] => [
  ...items.flatMap((item) => itemLines(kpi, item)),
  ...moreLines(rows - items.length, '  '),
];

const itemLines = (kpi: string, { pk, sk, ...attributes }: KpiItem): string[] => {
  const shown = Object.entries(attributes).filter(([name]) => !stamps.includes(name));
  const figures = shown.filter(([, value]) => !Array.isArray(value));
  return [
    `  ${styleText('bold', kpi)}  ${styleText('dim', visible(`pk=${pk}, sk=${sk}`))}`,
    ...(figures.length > 0 ? [`    ${figuresText(figures)}`] : []),
    ...shown.flatMap(([name, value]) => (Array.isArray(value) ? listLines(name, value) : [])),
  ];
};

const listLines = (name: string, rows: readonly unknown[]): string[] => [
  `    ${name}:${rows.length === 0 ? ' none' : ''}`,
  ...rows.slice(0, listShown).map((row) => `      ${rowText(row)}`),
  ...moreLines(rows.length - listShown, '      '),
];

const moreLines = (more: number, indent: string): string[] =>
  more > 0 ? [`${indent}… and ${more.toLocaleString('en-US')} more`] : [];

const rowText = (row: unknown): string =>
  isNumber(row) || typeof row !== 'object' || row === null
    ? valueText(row)
    : figuresText(Object.entries(row));

const figuresText = (figures: readonly (readonly [string, unknown])[]): string =>
  figures.map(([name, value]) => `${name} ${valueText(value)}`).join(', ');

const valueText = (value: unknown): string => {
  if (isNumber(value)) return grouped(String(value));
  return cellText(typeof value === 'object' && value !== null ? stringifyExactly(value) : String(value));
};

/** A number with all digits, in groups of three. */
const grouped = (text: string): string =>
  /^-?\d+(\.\d+)?$/.test(text)
    ? text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))
    : text;
