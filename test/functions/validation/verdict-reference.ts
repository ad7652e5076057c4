import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import type { Judgement } from '../../../functions/validation/verdict.ts';
import type { BareFinding } from './record-reference.ts';
import { type ReferenceReading, readByReference } from './reference.ts';

/** A judgement without its wording and its hash. */
export type Outcome = {
  readonly verdict: Judgement['verdict'];
  readonly total?: number;
  readonly counts?: Readonly<Record<string, number>>;
  readonly findings?: readonly BareFinding[];
  readonly records?: number;
  readonly facts?: ReferenceReading['facts'];
  readonly drift?: readonly string[];
  readonly bad_records?: number;
};

const mostKept = 100;

/** The judgement of a file of CSV that is plain and well named. */
export const judgeByReference = (bytes: Uint8Array, manifest: Manifest): Outcome => {
  if (bytes.length > manifest.max_bytes) return { ...rejected([{ rule: 'max_bytes' }]), records: 0 };
  const reading = readByReference(bytes, manifest);
  const { records, facts, drift, repeats } = reading;
  const isEmpty = bytes.length === (facts.bom ? 3 : 0);
  if (isEmpty && manifest.on_empty === 'ignore') return { verdict: 'ignored' };
  const bad = reading.bad.length + (manifest.on_duplicate === 'reject' ? repeats.length : 0);
  const more = [...emptiness(reading, manifest), ...shares(records, bad, manifest)];
  const duplicates = repeats.map(({ line }) => ({
    rule: 'duplicate',
    line,
    column: manifest.key?.[0] ?? '',
  }));
  const findings = [...reading.findings, ...duplicates, ...more];
  if (reading.isRefused || more.length > 0 || (bad > 0 && manifest.on_error === 'quarantine'))
    return { ...rejected(findings), records };
  const quarantined = { bad_records: reading.bad.length + repeats.length, ...counted(findings) };
  return { verdict: 'accepted', facts, drift, ...(findings.length > 0 && quarantined) };
};

const emptiness = ({ findings, records }: ReferenceReading, { on_empty }: Manifest): BareFinding[] =>
  findings.length === 0 && records === 0 && on_empty === 'reject' ? [{ rule: 'empty' }] : [];

const shares = (records: number, bad: number, manifest: Manifest): BareFinding[] => {
  if (manifest.on_error === 'quarantine' || bad === 0) return [];
  return [
    ...(bad > (manifest.max_bad_rows ?? Infinity) ? [{ rule: 'max_bad_rows' }] : []),
    ...(bad > records * (manifest.max_bad_share ?? 1) ? [{ rule: 'max_bad_share' }] : []),
    ...(bad === records ? [{ rule: 'no_good_record' }] : []),
  ];
};

const rejected = (findings: readonly BareFinding[]): Outcome => ({
  verdict: 'rejected',
  ...counted(findings),
});

const counted = (findings: readonly BareFinding[]) => {
  const counts: Record<string, number> = {};
  for (const { rule, column } of findings) {
    const key = column === undefined ? rule : `${rule}:${column}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return { total: findings.length, counts, findings: findings.slice(0, mostKept) };
};

/** What a judgement says, its wording left out; it has to word every finding. */
export const outcomeOfJudgement = (judgement: Judgement): Outcome => {
  if (judgement.verdict === 'ignored') return { verdict: 'ignored' };
  const bare = ({ total, counts, findings }: Extract<Judgement, { verdict: 'rejected' }> | Quarantined) => ({
    total,
    counts,
    findings: findings.map(({ message, ...finding }) => {
      if (message === '') throw new Error(`a finding of ${finding.rule} has no words`);
      return finding;
    }),
  });
  if (judgement.verdict === 'rejected')
    return { verdict: 'rejected', ...bare(judgement), records: judgement.records };
  const { facts, drift, quarantined } = judgement;
  const { bom, header, line_end, multiline, records, bytes } = facts;
  return {
    verdict: 'accepted',
    facts: { bom, header, line_end, multiline, records, bytes },
    drift,
    ...(quarantined && { bad_records: quarantined.rows, ...bare(quarantined) }),
  };
};

type Quarantined = NonNullable<Extract<Judgement, { verdict: 'accepted' }>['quarantined']>;
