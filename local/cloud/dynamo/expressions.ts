import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Parser = { parse(expression: string, options?: object): unknown };

/**
 * The parsers of dynalite try every way to read nested brackets: fourteen characters can keep them busy for minutes. Here each
 * remembers what it has read at which place, as their generator would have it with its option `cache`, so that they take linear
 * time. Expressions beyond DynamoDB's limits are rejected before that
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters).
 */
const parsers = ['conditionParser', 'updateParser', 'projectionParser'];

const mostBytes = 4096;
const mostOperators = 300;
const mostOperands = 100;
const deepestPath = 32;

/** Gives a module's dynalite parsers that no expression can keep busy. */
export const speedUpParsers = (from: string): void => {
  const require = createRequire(createRequire(from).resolve('dynalite'));
  for (const name of parsers) {
    const path = require.resolve(`./db/${name}`);
    const parser: Parser = require(path);
    const { parse } = compile(remembering(readFileSync(path, 'utf8')));
    // What it throws becomes the message of a ValidationException.
    parser.parse = (expression, options) => {
      expectShort(expression);
      const parsed = parse(expression, options);
      expectFew(parsed);
      return parsed;
    };
  }
};

const compile = (source: string): Parser => {
  const module = { exports: {} as Parser };
  new Function('module', source)(module);
  return module.exports;
};

/** The source of a generated parser, changed so that each of its functions runs once for each place in the text. */
const remembering = (source: string): string =>
  source
    .replace('function peg$parse(input, options) {', (head) => `${head}\n  const peg$known = new Map();`)
    .replace(
      /function peg\$parse(\w+)\(\) \{/g,
      (_, rule: string) => `function peg$parse${rule}() {
        const place = '${rule} ' + peg$currPos;
        let known = peg$known.get(place);
        if (!known) {
          const result = peg$read${rule}();
          known = { result, end: peg$currPos };
          peg$known.set(place, known);
        }
        peg$currPos = known.end;
        return known.result;
      }
      function peg$read${rule}() {`,
    );

const expectShort = (expression: string): void => {
  const bytes = Buffer.byteLength(expression);
  if (bytes > mostBytes)
    throw new Error(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
  let depth = 0;
  for (const character of expression) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    // More brackets than operators are redundant.
    if (depth > mostOperators) throw new Error('The expression has redundant parentheses;');
  }
  const negations = expression.match(/\bnot\b/gi)?.length ?? 0;
  if (negations > mostOperators) throw new Error(tooManyOperators);
};

/** DynamoDB counts no further. */
const tooManyOperators = `The expression contains too many operators; operator count: ${mostOperators + 1}`;

/** What the parsers answer: a condition, the sections of an update, or paths; a text is a problem. */
type Parsed = { readonly expression?: unknown; readonly sections?: unknown; readonly paths?: unknown };

const expectFew = (parsed: unknown): void => {
  if (typeof parsed !== 'object' || parsed === null) return;
  const { expression, sections, paths } = parsed as Parsed;
  const operators = operatorsIn([expression, sections, paths]);
  if (operators > mostOperators) throw new Error(tooManyOperators);
};

const operatorsIn = (node: unknown): number => {
  if (Array.isArray(node)) {
    if (node.length > deepestPath && node.every(isStep))
      throw new Error('The document path has too many nesting elements;');
    return node.reduce((sum: number, part) => sum + operatorsIn(part), 0);
  }
  // Values of attributes have no type.
  if (!isTyped(node)) return 0;
  const { type, path, val, args = [] } = node;
  if (type === 'in' && args.length > mostOperands + 1)
    throw new Error(
      `The IN operator is provided with too many operands; number of operands: ${args.length - 1}`,
    );
  return 1 + operatorsIn([path, val, ...args]);
};

type Typed = {
  readonly type: string;
  readonly path?: unknown;
  readonly val?: unknown;
  readonly args?: readonly unknown[];
};

const isTyped = (node: unknown): node is Typed =>
  typeof node === 'object' && node !== null && 'type' in node && typeof node.type === 'string';

/** A part of a path: the name of an attribute or the place in a list. */
const isStep = (part: unknown): boolean => typeof part === 'string' || typeof part === 'number';
