import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import type { Validation } from '../../../functions/validation/verdict.ts';
import type { BareViolation } from './record-reference.ts';
import { type ReferenceReading, readByReference } from './reference.ts';

/** A validation without its wording and its hash. */
export type Outcome = {
  readonly verdict: Validation['verdict'];
  readonly total?: number;
  readonly counts?: Readonly<Record<string, number>>;
  readonly violations?: readonly BareViolation[];
  readonly records?: number;
  readonly facts?: ReferenceReading['facts'];
  readonly drift?: readonly string[];
  readonly invalid_records?: number;
};

const mostKept = 100;

/** The validation of a file of CSV that is plain and well named. */
export const validateByReference = (bytes: Uint8Array, manifest: Manifest): Outcome => {
  if (bytes.length > manifest.max_bytes) return { ...rejected([{ rule: 'max_bytes' }]), records: 0 };
  const reading = readByReference(bytes, manifest);
  const { records, facts, drift, duplicates } = reading;
  const isEmpty = bytes.length === (facts.bom ? 3 : 0);
  if (isEmpty && manifest.on_empty === 'ignore') return { verdict: 'ignored' };
  const bad = reading.bad.length + (manifest.on_duplicate === 'reject' ? duplicates.length : 0);
  const more = [...emptiness(reading, manifest), ...shares(records, bad, manifest)];
  const ofKeys = duplicates.map(({ line }) => ({
    rule: 'duplicate',
    line,
    column: manifest.key?.[0] ?? '',
  }));
  const violations = [...reading.violations, ...ofKeys, ...more];
  if (reading.isRejected || more.length > 0 || (bad > 0 && manifest.on_error === 'quarantine'))
    return { ...rejected(violations), records };
  const quarantined = { invalid_records: reading.bad.length + duplicates.length, ...counted(violations) };
  return { verdict: 'accepted', facts, drift, ...(violations.length > 0 && quarantined) };
};

const emptiness = ({ violations, records }: ReferenceReading, { on_empty }: Manifest): BareViolation[] =>
  violations.length === 0 && records === 0 && on_empty === 'reject' ? [{ rule: 'empty' }] : [];

const shares = (records: number, bad: number, manifest: Manifest): BareViolation[] => {
  if (manifest.on_error === 'quarantine' || bad === 0) return [];
  return [
    ...(bad > (manifest.max_bad_rows ?? Infinity) ? [{ rule: 'max_bad_rows' }] : []),
    ...(bad > records * (manifest.max_bad_share ?? 1) ? [{ rule: 'max_bad_share' }] : []),
    ...(bad === records ? [{ rule: 'no_valid_record' }] : []),
  ];
};

const rejected = (violations: readonly BareViolation[]): Outcome => ({
  verdict: 'rejected',
  ...counted(violations),
});

const counted = (violations: readonly BareViolation[]) => {
  const counts: Record<string, number> = {};
  for (const { rule, column } of violations) {
    const key = column === undefined ? rule : `${rule}:${column}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return { total: violations.length, counts, violations: violations.slice(0, mostKept) };
};

/** What a validation says, its wording left out; it has to word every violation. */
export const outcomeOfValidation = (validation: Validation): Outcome => {
  if (validation.verdict === 'ignored') return { verdict: 'ignored' };
  const bare = ({
    total,
    counts,
    violations,
  }: Extract<Validation, { verdict: 'rejected' }> | Quarantined) => ({
    total,
    counts,
    violations: violations.map(({ message, ...violation }) => {
      if (message === '') throw new Error(`a violation of ${violation.rule} has no words`);
      return violation;
    }),
  });
  if (validation.verdict === 'rejected')
    return { verdict: 'rejected', ...bare(validation), records: validation.records };
  const { facts, drift, quarantined } = validation;
  const { bom, header, line_end, multiline, records, bytes } = facts;
  return {
    verdict: 'accepted',
    facts: { bom, header, line_end, multiline, records, bytes },
    drift,
    ...(quarantined && { invalid_records: quarantined.rows, ...bare(quarantined) }),
  };
};

type Quarantined = NonNullable<Extract<Validation, { verdict: 'accepted' }>['quarantined']>;
