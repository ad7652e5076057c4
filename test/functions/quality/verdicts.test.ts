import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { meantRule, rows } from './generated-rules.ts';
import { type Bench, openBench } from './ruleset-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const FILES = ['a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv', 'f.csv'] as const;
const batch = fc
  .tuple(rows, rows, rows, rows, rows, rows)
  .map((files) => new Map(FILES.map((file, index) => [file, files[index] ?? []])));
const rules = fc.array(meantRule, { minLength: 6, maxLength: 10 });
const rulesetOf = (texts: readonly string[]) => `Rules = [\n${texts.join(',\n')}\n]`;

it('means what plain code over the rows means', async () => {
  await fc.assert(
    fc.asyncProperty(batch, rules, async (files, meant) => {
      const ruleset = rulesetOf(meant.map(({ text }) => text));
      const { outcomes } = await bench.validate(ruleset, Object.fromEntries(files));
      for (const [file, own] of files)
        expect(outcomes[file]?.map(({ passed }, index) => `${meant[index]?.text} ${passed}`)).toEqual(
          meant.map(({ text, meets }) => `${text} ${meets(own)}`),
        );
    }),
    { numRuns: 25 },
  );
}, 60_000);

it('gives a file the same verdict alone and batched with five others', async () => {
  await fc.assert(
    fc.asyncProperty(batch, rules, fc.constantFrom(...FILES), async (files, meant, file) => {
      const custom = 'CustomSql "select count(distinct name) from primary" > 1';
      const ruleset = rulesetOf([...meant.map(({ text }) => text), custom, 'Entropy "name" > 0.5']);
      const together = await bench.validate(ruleset, Object.fromEntries(files));
      const alone = await bench.validate(ruleset, { [file]: files.get(file) ?? [] });
      expect(together.outcomes[file]).toEqual(alone.outcomes[file]);
    }),
    { numRuns: 15 },
  );
}, 60_000);
