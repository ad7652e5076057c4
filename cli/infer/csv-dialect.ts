import { CsvReader, type CsvRecord, CsvScanner } from '../../functions/validation/index.ts';

/** The two characters that define the form of a CSV file. */
export type CsvDialect = { readonly delimiter: string; readonly quote: string };

/** How well the start of a file reads with a dialect. */
type Trial = CsvDialect & {
  /** Columns of the first record. */
  readonly width: number;
  readonly records: number;
  /** Share of the later records that have as many columns and break no rule. */
  readonly fit: number;
  /** Records with a field in quotes. */
  readonly quoted: number;
  /** The first record has a field in quotes. */
  readonly isHeaderQuoted: boolean;
};

/** In order of preference: if two read equally well, the first is taken. */
const delimiters = [',', '|', ';', '\t', '^', '~', '!', '#', '*', '%', '&', '+', '=', '$', '@', ':', ' '];
const unusual = ['`', '~', '^', '{', '}', '<', '>', '$'];
const longestRecord = 2 ** 20;

/** Finds delimiter and quote from the first bytes of a file; `isWhole` means that these are all its bytes. */
export const findDialect = (start: Buffer, isWhole: boolean): CsvDialect => {
  const read = (delimiter: string, quote: string): Trial => tryDialect(start, isWhole, { delimiter, quote });
  const best = bestOf(delimiters.map((delimiter) => read(delimiter, '"')));
  const other = isSure(best) ? undefined : bestOf(delimiters.map((delimiter) => read(delimiter, "'")));
  if (other && other.quoted > 0 && isSure(other)) return { delimiter: other.delimiter, quote: other.quote };
  const { delimiter } = best;
  const [double, single] = [read(delimiter, '"'), read(delimiter, "'")];
  if (double.quoted === 0 && isSingle(single, double)) return single;
  if (double.quoted > 0 || double.fit > 0.98) return double;
  const free = unusual.find((quote) => quote !== delimiter && !start.includes(quote));
  const bare = free === undefined ? double : read(delimiter, free);
  return bare.fit > double.fit ? bare : double;
};

/** Apostrophes at the start of texts are not quotes: they would join several records into one. */
const isSingle = (single: Trial, double: Trial): boolean =>
  (single.isHeaderQuoted || single.quoted * 10 > single.records) &&
  (single.fit > double.fit || (single.fit === double.fit && single.records === double.records));

const noTrial: Trial = {
  delimiter: ',',
  quote: '"',
  width: 0,
  records: 0,
  fit: 0,
  quoted: 0,
  isHeaderQuoted: false,
};

/** Nearly all records have as many columns as the first, and more than one. */
const isSure = ({ width, fit }: Trial): boolean => width > 1 && fit >= 0.98;

const bestOf = (trials: readonly Trial[]): Trial => {
  const wide = trials.filter(({ width }) => width > 1);
  const sure = wide.filter(isSure).sort((a, b) => b.width - a.width)[0];
  const likely = [...wide].sort((a, b) => b.fit - a.fit).find(({ fit }) => fit >= 0.5);
  return sure ?? likely ?? trials[0] ?? noTrial;
};

const tryDialect = (start: Buffer, isWhole: boolean, { delimiter, quote }: CsvDialect): Trial => {
  let [records, fitting, quoted, width, headerViolations] = [-1, 0, 0, 0, 0];
  let isHeaderQuoted = false;
  const onRecord = (record: CsvRecord): void => {
    records++;
    if (records === 0) [width, headerViolations] = [record.count, record.violations.length];
    else if (record.count === width && record.violations.length === 0) fitting++;
    if (!hasQuoted(record, quote)) return;
    quoted++;
    isHeaderQuoted ||= records === 0;
  };
  const reader = new CsvReader(new CsvScanner(delimiter, quote), quote, longestRecord, {
    onRecord,
    onTooLong: () => undefined,
  });
  reader.write(start);
  reader.drain(isWhole);
  // With a quote opened in the wrong place, all records become one.
  const alone = headerViolations > 0 ? 0 : 1;
  const fit = records > 0 ? fitting / records : alone;
  return { delimiter, quote, width, records, quoted, isHeaderQuoted, fit };
};

const hasQuoted = (record: CsvRecord, quote: string): boolean => {
  for (let field = 0; field < record.count; field++) {
    const at = record.startOf(field) - 1;
    if (at >= record.start && record.bytes[at] === quote.charCodeAt(0)) return true;
  }
  return false;
};
