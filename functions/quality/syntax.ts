import type { RuleType } from './rule-types.ts';
import type { Position } from './ruleset-error.ts';

/** The tree of a parsed ruleset; every node knows where it was written. */

export type DurationUnit = 'days' | 'hours' | 'minutes';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Keyword = 'NULL' | 'EMPTY' | 'WHITESPACES_ONLY';

export type Value = { readonly at: Position } & (
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'keyword'; readonly keyword: Keyword }
  | { readonly kind: 'duration'; readonly amount: number; readonly unit: DurationUnit }
  | {
      readonly kind: 'now';
      readonly shift?: { readonly sign: '+' | '-'; readonly amount: number; readonly unit: DurationUnit };
    }
);

export type Condition = { readonly at: Position } & (
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly value: Value }
  | { readonly kind: 'between'; readonly negated: boolean; readonly low: Value; readonly high: Value }
  | { readonly kind: 'in'; readonly negated: boolean; readonly values: readonly Value[] }
  /** The pattern as written: a backslash in it belongs to the pattern. */
  | { readonly kind: 'matches'; readonly negated: boolean; readonly pattern: string }
);

/** A quoted text: a column, a predicate, a statement. */
export type Quoted = { readonly text: string; readonly raw: string; readonly at: Position };

export type Atom = {
  readonly kind: 'atom';
  readonly type: RuleType;
  readonly parameters: readonly Quoted[];
  readonly condition?: Condition;
  readonly where?: Quoted;
  readonly threshold?: Condition;
  readonly at: Position;
};

export type Composite = { readonly kind: 'and' | 'or'; readonly parts: readonly Rule[] };
export type Rule = Atom | Composite;

/** One rule of the list with its text as written. */
export type Entry = { readonly rule: Rule; readonly text: string };
