import { expect, test } from 'vitest';
import { driverMemory, sparkSettings } from '../../../../local/engines/spark/settings.ts';

test('two sessions leave the machine half of its memory', () => {
  expect([4, 7.5, 8, 24].map((gigabytes) => driverMemory(gigabytes * 2 ** 30))).toEqual([
    '1g',
    '1g',
    '2g',
    '2g',
  ]);
});

test('listens on this machine alone and keeps all files under its two folders', () => {
  const settings = sparkSettings(
    { python: 'python', jars: ['a.jar', 'b.jar'], extensions: [] },
    { root: '/the state', scratch: '/a scratch' },
  );
  expect(settings).toMatchObject({
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.jars': 'a.jar,b.jar',
    'spark.sql.catalog.lake.warehouse': '/the state/lake',
    'spark.local.dir': '/a scratch',
  });
  expect(settings['spark.driver.extraJavaOptions']).toContain('-Djava.io.tmpdir="/a scratch"');
});

test('takes no folder that Spark would take for two', () => {
  const installation = { python: 'python', jars: [], extensions: [] };
  expect(() => sparkSettings(installation, { root: '/a', scratch: '/a,b/scratch' })).toThrow(
    'comma in its path',
  );
});
