import { describe, expect, test } from 'vitest';
import { heardByNpm } from '../../cli/npm-flags.ts';

const inScript = { npm_lifecycle_event: 'start' };

describe('flags that npm took for itself', () => {
  test('--fresh is heard', () => {
    expect(heardByNpm({ ...inScript, npm_config_fresh: 'true' })).toEqual({ fresh: true });
    expect(heardByNpm(inScript)).toEqual({});
    expect(heardByNpm({ ...inScript, npm_config_fresh: '' })).toEqual({});
  });

  test('count only in a script of npm', () => {
    expect(heardByNpm({ npm_config_fresh: 'true', npm_config_state: 'x' })).toEqual({});
  });

  test.each(['state', 'port', 'engine', 'chaos', 'sweep_every', 'dataset'])(
    '%s is an error that says what to write',
    (name) => {
      const flag = `--${name.replace('_', '-')}`;
      expect(() => heardByNpm({ ...inScript, [`npm_config_${name}`]: 'x' })).toThrow(
        `npm start -- ${flag} …`,
      );
    },
  );
});
