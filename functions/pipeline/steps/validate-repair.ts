import { type LandedContent, readContent } from '../../validation/content.ts';
import { judgeKeys, type KeyRoom, type Repeats } from '../../validation/keys/key-index.ts';
import type { Manifest } from '../../validation/manifest/manifest.ts';
import { openParser } from '../../validation/parser.ts';
import type { LineMap } from '../../validation/repair/lines.ts';
import { allFindings, longestRow, type MendedKeys, RepairReader } from '../../validation/repair/reader.ts';
import { openRows } from '../../validation/rows-file/formats.ts';
import { readBytes } from '../../validation/unreadable.ts';
import type { Findings, Judgement, Repeat } from '../../validation/verdict.ts';
import { FindingLog } from '../../validation/violations.ts';
import type { FileRecord } from '../records.ts';
import { findSource, type Refusal, type Source } from './repair-source.ts';
import type { Pour } from './split/split-records.ts';

/** A rows file that was sent back, and the manifest in force; `seed` and `scratch` are for the keys of its records. */
export type SentFile = LandedContent & KeyRoom & { readonly key: string; readonly manifest: Manifest };

/** What was sent back, read no further than to the file that it mends. */
type Sent = {
  readonly sha256: string;
  /** `<landed file>@<version>`, as the first row says. */
  readonly source: string;
  /** Why it cannot be read so far. */
  readonly findings: Findings;
};

/** Reads which file a rows file mends; it says nothing where there are findings. */
const readSource = async (file: SentFile): Promise<Sent> => {
  const findings = new FindingLog();
  let first: string | undefined;
  const format = file.key.endsWith('.jsonl') ? 'jsonl' : 'csv';
  const rows = openRows(format, longestRow(file.manifest), findings, ({ source }) => {
    first ??= source;
    rows.stop();
  });
  if (isTooLarge(file, findings)) rows.stop();
  const unreadable = (says: string): void => {
    findings.add('unreadable', undefined, () => ({ subject: 'the rows file', says }));
    rows.stop();
  };
  const sink = {
    get isStopped() {
      return rows.isStopped;
    },
    write: (bytes: Uint8Array) => readBytes(() => rows.write(bytes), unreadable),
  };
  const { sha256 } = await readContent(file, false, sink);
  readBytes(() => rows.end(), unreadable);
  if (first === undefined && findings.total === 0)
    findings.add('empty', undefined, () => ({ subject: 'the rows file', says: 'holds no row' }));
  return { sha256, source: first ?? '', findings: findings.findings };
};

const isTooLarge = ({ size, manifest: { max_bytes } }: SentFile, findings: FindingLog): boolean => {
  if (size <= max_bytes) return false;
  const says = `has ${size} bytes, the manifest allows ${max_bytes}`;
  findings.add('max_bytes', undefined, () => ({ subject: 'the rows file', says }));
  return true;
};

const refused = (sha256: string, { rule, says }: Refusal): Judgement => {
  const findings = new FindingLog();
  findings.add(rule, undefined, () => ({ subject: 'the rows file', says }));
  return { verdict: 'rejected', sha256, records: 0, ...findings.findings };
};

type Ports = Parameters<typeof findSource>[0];

/** A judged repair, and how its records are read again to be parted. */
export type JudgedRepair = {
  readonly judgement: Judgement;
  /** There where it is known. */
  readonly source?: Source;
  readonly pour: (file: SentFile) => Pour;
};

/** Judges a rows file that was sent back; `again` opens it once more. */
export const judgeSent = async (
  ports: Ports,
  record: FileRecord,
  file: SentFile,
  again: () => Promise<SentFile>,
): Promise<JudgedRepair> => {
  const sent = await readSource(file);
  const { sha256, findings } = sent;
  if (findings.total > 0)
    return { judgement: { verdict: 'rejected', sha256, records: 0, ...findings }, pour: nothing };
  const source = await findSource(ports, record, sent.source);
  if ('rule' in source) return { judgement: refused(sha256, source), pour: nothing };
  return judgeRepair(ports, await again(), source);
};

const nothing = (): Pour => () => Promise.reject(new Error('a refused file is not parted'));

/**
 * Judges mended rows as records of the dataset, by its manifest in force. It is refused as a whole only when it is no
 * rows file of its source, or none of its rows is good.
 */
const judgeRepair = async (ports: Ports, file: SentFile, source: Source): Promise<JudgedRepair> => {
  const manifest = asSource(file.manifest, source);
  const reader = new RepairReader({ source, manifest, room: file });
  if (reader.index) await addPublished(ports, reader.index, source.record, file.manifest);
  const { sha256 } = await readContent(file, false, reader);
  reader.end();
  const { index } = reader;
  const repeats = index && !reader.isStopped ? judgeKeys(index, manifest, reader.findings) : undefined;
  const judgement = conclude(reader, repeats, sha256);
  return { judgement, source, pour: (again) => pourRepair(again, source, discardsOf(repeats, reader.lines)) };
};

/** Adds the keys of the source's good records, and of those on which it hangs itself; a clean copy that has expired says nothing. */
const addPublished = async (
  { files, ledger }: Ports,
  index: MendedKeys,
  source: FileRecord,
  manifest: Manifest,
): Promise<void> => {
  const { clean_key, facts, repairs } = source;
  const stored = clean_key && (await files.versionsOf(clean_key)).at(-1);
  const content = stored && (await files.open(stored));
  if (content && facts) {
    const parser = openParser(asSource(manifest, { facts }), new FindingLog(), {}, undefined, { index });
    await index.addPublished(parser, content);
  }
  const above = repairs && (await ledger.file(repairs));
  if (above) await addPublished({ files, ledger }, index, above, manifest);
};

/** Mended records are written as the source's good ones were; how many there may be was said of the whole file. */
const asSource = (manifest: Manifest, { facts }: Pick<Source, 'facts'>): Manifest => ({
  ...manifest,
  format: facts.format,
  delimiter: facts.delimiter,
  quote: facts.quote,
  max_rows: undefined,
});

const conclude = (reader: RepairReader, repeats: Repeats | undefined, sha256: string): Judgement => {
  const { records, findings, judged, parser } = reader;
  const rows = reader.badRecords + (repeats?.count ?? 0);
  if (records > 0 && rows === records && findings.ofFile + judged.ofFile === 0)
    findings.add('no_good_record', undefined, () => ({ subject: 'the rows file', says: 'mends no row' }));
  const all = allFindings(reader);
  if (findings.ofFile + judged.ofFile > 0) return { verdict: 'rejected', sha256, records, ...all };
  return {
    verdict: 'accepted',
    facts: { ...parser.facts(), compression: 'none', sha256, records },
    drift: parser.drift,
    isRewritten: parser.isRewritten,
    ...(rows > 0 && { quarantined: { rows, ...all, ...(repeats && { discards: repeats }) } }),
  };
};

const pourRepair =
  (file: SentFile, source: Source, discards: Iterable<Repeat>): Pour =>
  async (outlets) => {
    const manifest = asSource(file.manifest, source);
    const reader = new RepairReader({ source, manifest, outlets, discards });
    const { sha256 } = await readContent(file, false, reader);
    reader.end();
    const { records, badRecords } = reader;
    return { sha256, records, badRecords };
  };

/** A parser of the mended text counts its lines from its own first one. */
function* discardsOf(repeats: Iterable<Repeat> = [], lines: LineMap): Generator<Repeat> {
  for (const repeat of repeats) yield { ...repeat, line: lines.start(repeat.ordinal) };
}
