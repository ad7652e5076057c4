import { describe, expect, test } from 'vitest';
import { readSqlFiles } from '../../deploy/sql/files.ts';
import { describeAllEngines } from './engines/describe-engines.ts';
import { affectedMacros } from './macros/affected.ts';
import { checkMacros } from './macros/checks.ts';
import { historyMacros } from './macros/history.ts';
import { keyMacros } from './macros/keys.ts';
import type { MacroTest } from './macros/macro-test.ts';
import { nestedMacros } from './macros/nested.ts';
import { numberMacros } from './macros/numbers.ts';
import { plainMacros } from './macros/plain.ts';
import { ratioMacros } from './macros/ratios.ts';
import { zonedMacros } from './macros/zoned.ts';

const macros = {
  ...plainMacros,
  ...keyMacros,
  ...historyMacros,
  ...checkMacros,
  ...numberMacros,
  ...ratioMacros,
  ...affectedMacros,
  ...nestedMacros,
  ...zonedMacros,
};

describe('every macro', () => {
  test('has a test on each engine', async () => {
    const files = (await readSqlFiles(process.cwd())).filter(({ folder }) => folder === 'macros');
    const names = files.flatMap(({ source }) =>
      [...source.matchAll(/\{%-?\s*macro\s+(\w+)/g)].map(([, name]) => name),
    );
    expect(Object.keys(macros).sort()).toEqual(names.sort());
  });
});

/** Engines that run no macro of the kind. */
const without: Readonly<Record<MacroTest['engines'], readonly string[]>> = {
  all: [],
  silver: ['redshift'],
  gold: ['spark'],
};

describeAllEngines('macros', (engine) => {
  const own = Object.entries(macros)
    .filter(([, { engines }]) => !without[engines].includes(engine.type))
    .map(([name, { says, run }]) => [`${name} ${says}`, run] as const);
  test.each(own)('%s', async (_, run) => run(engine), 120_000);
});
