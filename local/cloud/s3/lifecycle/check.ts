import { S3Error } from '../error.ts';
import { hasSizes, type LifecycleRule, type Scope, scopeOf } from './rule.ts';

const mostRules = 1_000;
const longestId = 255;
const longestPrefix = 1_024;
const largestSize = 1_099_511_627_776_000;
/** Objects go to these classes when they are 30 days old at the earliest. */
const infrequent = ['STANDARD_IA', 'ONEZONE_IA'];

const request = (message: string): S3Error => new S3Error('InvalidRequest', { message });
const argument = (message: string): S3Error => new S3Error('InvalidArgument', { message });

/** Rejects rules that S3 rejects, with its messages. The form of each rule was checked before. */
export const checkRules = (rules: readonly LifecycleRule[]): void => {
  if (rules.length === 0) throw request('At least one lifecycle rule must be specified.');
  if (rules.length > mostRules)
    throw request('The number of lifecycle rules must not exceed the allowed limit of 1000 rules.');
  const ids = rules.flatMap(({ ID }) => (ID ? [ID] : []));
  if (ids.some((id) => id.length > longestId))
    throw argument(`ID length should not exceed allowed limit of ${longestId}`);
  if (new Set(ids).size < ids.length)
    throw argument('Rule ID must be unique. Found same ID for more than one rule');
  const isSecond = rules[0]?.Filter !== undefined;
  for (const rule of rules) {
    checkScope(rule, isSecond);
    checkExpiration(rule);
    checkOthers(rule);
  }
};

/** The first rule says which version of the schema all of them have: only the second one has filters. */
const checkScope = (rule: LifecycleRule, isSecond: boolean): void => {
  const { Prefix, Filter: filter } = rule;
  if (Prefix === undefined && filter === undefined) throw new S3Error('MalformedXML');
  if (isSecond && Prefix !== undefined)
    throw request(
      'Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.',
    );
  if (!isSecond && filter !== undefined) throw request('Filter element can only be used in Lifecycle V2.');
  if (!isSecond && rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions !== undefined)
    throw request('NewerNoncurrentVersions element can only be used in Lifecycle V2.');
  const given = (part: object | undefined): number => Object.values(part ?? {}).flat().length;
  if (given(filter) > 1 || (filter?.And && given(filter.And) < 2)) throw new S3Error('MalformedXML');
  checkValues(scopeOf(rule));
};

const checkValues = ({ prefix, tags, largerThan, smallerThan }: Scope): void => {
  if (Buffer.byteLength(prefix) > longestPrefix) throw argument('The maximum size of a prefix is 1024.');
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length)
    throw request('Duplicate Tag Keys are not allowed.');
  if (largerThan !== undefined && (largerThan < 0 || largerThan > largestSize))
    throw request(`'ObjectSizeGreaterThan' should be between 0 and ${largestSize}.`);
  if (smallerThan !== undefined && (smallerThan < 1 || smallerThan > largestSize))
    throw request(`'ObjectSizeLessThan' should be between 1 and ${largestSize}.`);
  if (largerThan !== undefined && smallerThan !== undefined && smallerThan <= largerThan)
    throw request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
};

const checkExpiration = (rule: LifecycleRule): void => {
  const { Expiration: expiration } = rule;
  if (!expiration) return;
  const { Days, Date: date, ExpiredObjectDeleteMarker } = expiration;
  if (Object.values(expiration).filter((value) => value !== undefined).length !== 1)
    throw new S3Error('MalformedXML');
  if (Days !== undefined && Days < 1)
    throw argument("'Days' for Expiration action must be a positive integer");
  if (date !== undefined) checkMidnight(date);
  if (ExpiredObjectDeleteMarker === undefined) return;
  const scope = scopeOf(rule);
  if (scope.tags.length > 0) throw request('ExpiredObjectDeleteMarker cannot be specified with Tags.');
  if (hasSizes(scope)) throw request('ExpiredObjectDeleteMarker cannot be specified with Object Size.');
};

const checkMidnight = (date: string): void => {
  if (Date.parse(date) % 86_400_000 !== 0) throw argument("'Date' must be at midnight GMT");
};

const checkOthers = (rule: LifecycleRule): void => {
  const { NoncurrentVersionExpiration: noncurrent, AbortIncompleteMultipartUpload: abort } = rule;
  const transitions = [...(rule.Transition ?? []), ...(rule.NoncurrentVersionTransition ?? [])];
  if (!rule.Expiration && !noncurrent && !abort && transitions.length === 0)
    throw request('At least one action needs to be specified in a rule');
  if (noncurrent && noncurrent.NoncurrentDays < 1)
    throw argument("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer");
  if ((noncurrent?.NewerNoncurrentVersions ?? 1) < 1)
    throw argument("'NewerNoncurrentVersions' must be a positive integer");
  if (abort && abort.DaysAfterInitiation < 1)
    throw argument(
      "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
    );
  const scope = scopeOf(rule);
  if (abort && scope.tags.length > 0)
    throw request('AbortIncompleteMultipartUpload cannot be specified with Tags.');
  if (abort && hasSizes(scope))
    throw request('AbortIncompleteMultipartUpload cannot be specified with Object Size.');
  checkTransitions(rule);
};

const checkTransitions = ({ Transition: transitions = [], ...rule }: LifecycleRule): void => {
  for (const { Days, Date: date, StorageClass } of transitions) {
    if ((Days === undefined) === (date === undefined)) throw new S3Error('MalformedXML');
    if (date !== undefined) checkMidnight(date);
    if (Days !== undefined && Days < 0)
      throw argument("'Days' for Transition action must be nonnegative integer");
    if (Days !== undefined && Days < 30 && infrequent.includes(StorageClass))
      throw argument(
        `'Days' in Transition action must be greater than or equal to 30 for storageClass '${StorageClass}'`,
      );
  }
  const classes = transitions.map(({ StorageClass }) => StorageClass);
  if (new Set(classes).size < classes.length)
    throw request("'StorageClass' must be different for 'Transition' actions in same 'Rule'");
  const dated = [...transitions, ...(rule.Expiration ? [rule.Expiration] : [])];
  const isDated = dated.some(({ Date: date }) => date !== undefined);
  if (isDated && dated.some(({ Days }) => Days !== undefined))
    throw request("Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule");
};
