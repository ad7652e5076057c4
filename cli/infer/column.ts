import { chooseLimits } from './column-limits.ts';
import { personalName } from './column-names.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';
import type { Confidence, InferredColumn } from './inferred.ts';

/** What is known of a column besides its values. */
type Around = Pick<InferredColumn, 'field' | 'required' | 'silver'> & { readonly dataset: string };

/** Puts together a column's entry in the manifest. */
export const inferColumn = (
  profile: ColumnProfile,
  type: ColumnType,
  { dataset, field, required, silver }: Around,
): InferredColumn => {
  const personal = personalData(profile, type.type, dataset);
  return {
    name: profile.name,
    field,
    type,
    limits: chooseLimits(profile, type),
    required,
    ...(personal !== undefined && { personal }),
    ...(silver && { silver }),
    confidence: confidenceIn(profile, type.note !== undefined),
    profile,
  };
};

/** Decides by look first, then by name; numbers, flags and dates are personal only if they are birth dates or similar. */
const personalData = (profile: ColumnProfile, type: string, dataset: string): string | undefined => {
  if (profile.looksLike('mail') > 0.9) return 'mail addresses';
  if (profile.looksLike('iban') > 0.9) return 'account or card numbers';
  if (profile.looksLike('phone') > 0.9) return 'phone numbers';
  if (profile.looksLike('address_ip') > 0.9) return 'network addresses';
  const named = personalName(profile.name, dataset);
  const isTextual = type === 'string' || named === 'birth dates' || named?.includes('numbers');
  return isTextual && type !== 'bool' ? named : undefined;
};

const confidenceIn = ({ values }: ColumnProfile, isNoted: boolean): Confidence => {
  if (values < 20) return 'low';
  return values < 100 || isNoted ? 'medium' : 'high';
};
