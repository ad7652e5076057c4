import { RE2JS } from 're2js';
import type * as z from 'zod';
import { toDotPath } from 'zod/v4/core';

/** Words for what is wrong with a manifest, each with the path of the key that has to change. */

/** A key's path in the manifest, such as `schema.fields.user_id`. */
export const pathOf = (keys: readonly PropertyKey[]): string => toDotPath(keys);

/** One problem from what zod found. */
export const issueProblem = (issue: z.core.$ZodIssue): string => {
  const path = pathOf(issue.path) || 'manifest';
  if (issue.code === 'invalid_type') return `${path}: is missing or is no ${issue.expected}`;
  if (issue.code === 'invalid_key')
    return `${path}: ${issue.issues.map(({ message }) => message).join(', ')}`;
  if (issue.code === 'unrecognized_keys') return `${path}: has unknown keys ${issue.keys.join(', ')}`;
  return `${path}: ${issue.message}`;
};

/** Says why a regular expression of RE2 cannot be used; undefined for one that can, and for none. */
export const patternProblem = (path: string, pattern: string | undefined): string | undefined => {
  if (pattern === undefined) return undefined;
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (cause) {
    return `${path}: is no RE2 pattern (${cause instanceof Error ? cause.message : cause})`;
  }
};
