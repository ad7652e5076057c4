import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Parser = { parse(text: string, options: object): unknown };

const beginning = '  peg$result = peg$startRuleFunction();';
const rule = /^ {2}function (peg\$parse\w+)\(\) \{/gm;

/** What pegjs generates with its option `cache`: each rule is tried once at each position. */
const remember = `
  function remember(rule) {
    const known = new Map();
    return () => {
      const at = peg$currPos;
      const before = known.get(at);
      if (before) {
        peg$currPos = before.next;
        return before.result;
      }
      const result = rule();
      known.set(at, { next: peg$currPos, result });
      return result;
    };
  }`;

/**
 * Makes dynalite's parsers of expressions linear. As they are published they try everything again at each parenthesis, so that
 * eight of them take a minute, and nothing else is answered meanwhile.
 */
export const quickenParsers = (from: string): void => {
  const require = createRequire(createRequire(from).resolve('dynalite'));
  for (const name of ['conditionParser', 'projectionParser', 'updateParser']) {
    const path = require.resolve(`./db/${name}`);
    const source = readFileSync(path, 'utf8');
    const rules = [...source.matchAll(rule)].map(([, one]) => `  ${one} = remember(${one});`);
    if (rules.length === 0 || !source.includes(beginning)) throw new Error(`${path} is not as expected`);
    const quick = source.replace(beginning, () => [remember, ...rules, beginning].join('\n'));
    const module = { exports: {} as Parser };
    new Function('module', quick)(module);
    (require(path) as Parser).parse = module.exports.parse;
  }
};
