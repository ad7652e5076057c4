import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  archiveKey,
  cleanKey,
  manifestKey,
  quarantineKey,
  readName,
  reportKey,
  rowsKey,
} from '../../../../functions/pipeline/lake-keys.ts';
import { validateName } from '../../../../functions/validation/file-name.ts';
import { parseManifest } from '../../../../functions/validation/manifest/manifest.ts';
import { ViolationLog } from '../../../../functions/validation/violations.ts';
import { manifestOf, validate } from '../fixture.ts';
import { hostileManifests, whole } from './hostile-manifests.ts';

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseManifest(text);
  return parsed.ok ? [] : parsed.problems;
};

describe('a hostile manifest', () => {
  const all = hostileManifests();

  it('is one of more than 500, made of one that is right', () => {
    expect(all.length).toBeGreaterThan(500);
    expect(problemsOf(JSON.stringify(whole))).toEqual([]);
  });

  it('is rejected by the path of what is wrong, in a few plain words', () => {
    const wrong = all.flatMap(({ name, text, path }) => {
      const problems = problemsOf(text);
      const isClear =
        problems.length > 0 &&
        problems.every(
          (problem) => problem.startsWith(path) && /^[^\p{Cc}\p{Surrogate}]{1,600}$/u.test(problem),
        );
      return isClear ? [] : [{ name, path, problems: problems.slice(0, 3) }];
    });
    expect(wrong).toEqual([]);
  });

  it('takes no time to speak of', () => {
    const slow = all.filter(({ text }) => Math.min(...attempts(() => parseManifest(text))) > 100);
    expect(slow.map(({ name }) => name)).toEqual([]);
  });

  it('changes no object but its own', () => {
    for (const { text } of all) parseManifest(text);
    expect('polluted' in {}).toBe(false);
  });
});

const enoughMs = 100;

/** Milliseconds of processor time; more than one attempt only where one is too slow, since others may work at the same time. */
function* attempts(work: () => unknown): Generator<number> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    yield (user + system) / 1000;
    if ((user + system) / 1000 <= enoughMs) return;
  }
}

describe('a column named like a part of every object', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];
  const fields = Object.fromEntries(names.map((name) => [name, { type: 'int', required: true }]));
  const good = `${names.join()}\n1,2,3,4,5\n`;

  it('is a column', async () => {
    expect(await validate(good, { schema: { fields } })).toMatchObject({ verdict: 'accepted' });
  });

  it('is counted and may be a key', async () => {
    const schema = { fields, key: ['constructor', 'valueOf'], on_duplicate: 'first' };
    expect(await validate(`${good}1,2,3,4,5\n`, { schema })).toMatchObject({
      quarantined: { counts: { 'duplicate:constructor': 1 } },
    });
    expect(await validate(`${good}x,2,3,4,5\n`, { schema })).toMatchObject({
      counts: { 'type:constructor': 1 },
    });
  });

  it('is unknown where the manifest does not name it', async () => {
    const header = 'a,__proto__,constructor';
    expect(
      await validate(`${header}\n1,2,3\n`, { schema: { fields: { a: { type: 'int' } } } }),
    ).toMatchObject({
      verdict: 'rejected',
      counts: { unknown_column: 2 },
    });
  });
});

const parts = [
  '..',
  '.',
  '%2e%2e',
  '%2E.',
  '..%2f..',
  '..\\..',
  '\\',
  '',
  'a',
  'streams1.csv',
  'a\0b',
  '\n',
  '\u202e',
  '\ud800',
  '__proto__',
  'constructor',
  'manifest.json',
  'archive',
  'quarantine',
  'C:',
  'con',
  '~',
  '#',
  '#repair',
  '@v1',
  '?versionId=1',
  "';drop table silver",
  '$(id)',
  '`id`',
  '*',
  ' ',
  'ä'.repeat(300),
  'x'.repeat(1000),
  'streams1.csv@v.rows.csv',
];
const keys = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 })
      .map((all) => `data/${all.join('/')}`),
  },
  fc
    .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 })
    .map((all) => `data/streams/${all.join('/')}`),
  fc.constantFrom(
    '/etc/passwd',
    '//data/streams/a.csv',
    'data',
    'data/',
    '',
    '..',
    'data/archive/x',
    'runs/b/transform.spec.json',
  ),
);

/** As clients take a key for a path: decoded, with either slash. */
const asPath = (key: string): string => {
  const once = key.replace(/%(2e|2f|5c|25)/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
  return posix.normalize(once.replaceAll('\\', '/'));
};

describe('a hostile key', () => {
  const version = '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY';
  const places = (key: string, dataset: string) => {
    const file = { key, version, dataset, landed_at: '2024-07-05T00:00:00Z' };
    const rejected = { ...file, quarantine_path: 'data/quarantine/upstream' };
    return [
      ['data/archive/', archiveKey(file)],
      ['data/quarantine/', quarantineKey(file)],
      ['data/quarantine/upstream/', reportKey(rejected)],
      ['data/quarantine/upstream/', rowsKey(rejected, 'csv')],
      ['staging/clean/', cleanKey(file, 'f'.repeat(64))],
    ] as const;
  };

  it('never leads out of where its file is put', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const name = readName(key);
        if (name.kind === 'elsewhere') return;
        for (const [prefix, place] of places(key, name.dataset)) {
          expect(place.startsWith(prefix)).toBe(true);
          expect(asPath(place).startsWith(prefix)).toBe(true);
          expect(readName(place).kind).toBe('elsewhere');
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('is accepted only where it stays in the folder of the manifest', () => {
    const manifest = manifestOf({ name_pattern: '(?s).*', extension: '.csv' });
    fc.assert(
      fc.property(keys, (key) => {
        const violations = new ViolationLog();
        validateName(key, manifest, violations);
        const isInside = asPath(key).startsWith('data/streams/') && /^[^\p{Cc}#]+\.csv$/u.test(key);
        if (!isInside) expect(violations.total).toBeGreaterThan(0);
      }),
      { numRuns: 5000 },
    );
  });

  it('is told from a manifest by all of its name', () => {
    expect(readName('data/../manifest.json').kind).not.toBe('manifest');
    expect(readName('data/streams/../manifest.json').kind).not.toBe('manifest');
    expect(readName(manifestKey('streams')).kind).toBe('manifest');
  });
});

it.each([
  ['(a*)*b', 'a'],
  ['(x+x+)+y', 'x'],
  ['(a|aa)+$', 'a'],
  ['([a-z]+)*!', 'z'],
  ['(.*)*(.*)*(.*)*=', '='],
  ['(?:\\w*\\d*){50}!', '1'],
])('matches a mebibyte with %s in a moment', async (pattern, letter) => {
  const schema = {
    fields: { a: { type: 'string', pattern }, b: { type: 'string' } },
    max_row_bytes: 2 ** 21,
  };
  const validation = await validate(`a,b\n${letter.repeat(2 ** 20)}?,x\n`, { schema });
  expect(validation).toMatchObject({ counts: { 'pattern:a': 1 } });
});
