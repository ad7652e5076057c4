import { type Cursor, cursorOver, unquote } from './cursor.ts';
import { parseCondition, seesCondition } from './parse-condition.ts';
import { isRuleType, RULE_TYPES } from './rule-types.ts';
import { RulesetError } from './ruleset-error.ts';
import { checkSignature } from './signature.ts';
import type { Atom, Entry, Quoted, Rule } from './syntax.ts';
import { tokenize } from './tokens.ts';

const MOST_RULES = 2_000;
const MOST_DEPTH = 50;
const CLAUSES = ['where', 'with', 'labels', 'between', 'in', 'not', 'matches', 'and', 'AND', 'or', 'OR'];

/** Parses `Rules = [ … ]`; throws a RulesetError with line, column and what was expected there. */
export const parseRuleset = (source: string): readonly Entry[] => {
  const cursor = cursorOver(tokenize(source));
  cursor.expect('Rules', ' (a ruleset is Rules = [ rule, … ])');
  cursor.expect('=');
  cursor.expect('[');
  const entries: Entry[] = [];
  if (!cursor.sees([']'])) {
    do entries.push(parseEntry(source, cursor, entries.length));
    while (cursor.takes(','));
  }
  cursor.expect(']', ' or ","');
  if (cursor.peek().kind !== 'end') throw cursor.unexpected('nothing after the rules');
  return entries;
};

const parseEntry = (source: string, cursor: Cursor, before: number): Entry => {
  const { start, at } = cursor.peek();
  if (before === MOST_RULES) throw new RulesetError(`a ruleset has at most ${MOST_RULES} rules`, at);
  const rule = parseRule(cursor, 0);
  return { rule, text: source.slice(start, cursor.lastEnd()) };
};

/** `and` binds tighter than `or`, as in the language's own grammar. */
const parseRule = (cursor: Cursor, depth: number): Rule =>
  parseChain(cursor, 'or', () => parseChain(cursor, 'and', () => parseOperand(cursor, depth)));

const parseChain = (cursor: Cursor, kind: 'and' | 'or', parsePart: () => Rule): Rule => {
  const first = parsePart();
  const parts = [first];
  while (cursor.takes(kind, kind.toUpperCase())) parts.push(parsePart());
  return parts.length === 1 ? first : { kind, parts };
};

const parseOperand = (cursor: Cursor, depth: number): Rule => {
  const { at } = cursor.peek();
  if (!cursor.takes('(')) return parseAtom(cursor);
  if (depth === MOST_DEPTH) throw new RulesetError(`rules nest at most ${MOST_DEPTH} deep`, at);
  const rule = parseRule(cursor, depth + 1);
  cursor.expect(')', ', "and" or "or"');
  return rule;
};

const parseAtom = (cursor: Cursor): Atom => {
  const { kind, text: type, at } = cursor.peek();
  if (kind !== 'word') throw cursor.unexpected('a rule');
  if (!isRuleType(type))
    throw new RulesetError(
      `unknown rule type "${type}"; known are ${Object.keys(RULE_TYPES).join(', ')}`,
      at,
    );
  cursor.next();
  const parameters = parseParameters(cursor);
  const condition = seesCondition(cursor) ? parseCondition(cursor) : undefined;
  const where = cursor.takes('where') ? cursor.quoted('a quoted predicate') : undefined;
  if (cursor.sees(['labels'])) throw cursor.unexpected('no labels, which are not supported');
  const threshold = cursor.takes('with') ? parseThreshold(cursor) : undefined;
  const atom: Atom = {
    kind: 'atom',
    type,
    parameters,
    ...(condition && { condition }),
    ...(where && { where }),
    ...(threshold && { threshold }),
    at,
  };
  checkSignature(atom, cursor);
  return atom;
};

const parseParameters = (cursor: Cursor): readonly Quoted[] => {
  const parameters: Quoted[] = [];
  for (;;) {
    if (cursor.sees(['of', 'OF', 'and', 'AND']) && cursor.peek(1).kind === 'quoted') cursor.next();
    const { kind, text, at } = cursor.peek();
    if (kind === 'quoted') parameters.push(unquote(cursor.next()));
    else if (kind === 'word' && !CLAUSES.includes(text)) {
      cursor.next();
      parameters.push({ text, raw: text, at });
    } else return parameters;
  }
};

const parseThreshold = (cursor: Cursor) => {
  cursor.expect('threshold', ' (the only tag that is supported)');
  if (!seesCondition(cursor)) throw cursor.unexpected('a condition on the share of rows');
  return parseCondition(cursor);
};
