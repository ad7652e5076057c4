import type * as z from 'zod';
import { toDotPath } from 'zod/v4/core';

/** Messages for the problems of a manifest or a source, each with the path of the key to change. */

/** What a problem without a path is about. */
export type ConfigFile = 'manifest' | 'source';

/** A key's path in the manifest, such as `schema.fields.user_id`. */
export const pathOf = (keys: readonly PropertyKey[]): string =>
  toDotPath(keys.map((key) => (typeof key === 'string' ? shortened(key) : key)));

const longestKey = 100;
const shortened = (key: string): string => (key.length > longestKey ? `${key.slice(0, longestKey)}…` : key);

const mostShown = 5;
const listed = (keys: readonly string[]): string =>
  [...keys.slice(0, mostShown).map(shortened), ...(keys.length > mostShown ? ['…'] : [])].join(', ');

/** One problem from what zod found. */
export const issueProblem = (issue: z.core.$ZodIssue, file: ConfigFile): string =>
  `${pathOf(issue.path) || file}: ${issueWords(issue)}`;

const unitOf: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** A message of zod in the words of all other problems; messages of our own are kept. */
export const issueWords = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid'))
    return `is missing or is no ${issue.expected}`;
  if (issue.code === 'invalid_key') return issue.issues.map(issueWords).join(', ');
  if (issue.code === 'unrecognized_keys') return `has unknown keys ${listed(issue.keys)}`;
  if (issue.code === 'too_small') {
    const unit = unitOf[issue.origin];
    if (unit === undefined) return `is less than ${issue.minimum}`;
    return Number(issue.minimum) === 1 ? 'is empty' : `has fewer than ${issue.minimum}${unit}`;
  }
  if (issue.code === 'too_big') {
    const unit = unitOf[issue.origin];
    return unit === undefined ? `is more than ${issue.maximum}` : `has more than ${issue.maximum}${unit}`;
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid'))
    return `is none of ${issue.values.map(String).join(', ')}`;
  return issue.message;
};
