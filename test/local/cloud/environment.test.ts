import { expect, test } from 'vitest';
import { withVariables } from '../../../local/cloud/environment.ts';
import type { Deployment } from '../../../local/cloud/template/deployment.ts';
import { deployed } from './functions/deployed.ts';

test('a function gets the variables that it names, and no others', () => {
  const functions = [
    deployed('pull', { environment: { SHOP_URL: 'https://shop.example', STAGE: 'dev' } }),
    deployed('sweep', { environment: { STAGE: 'dev' } }),
  ];
  const deployment = { stage: 'dev', functions } as unknown as Deployment;
  const changed = withVariables(deployment, { SHOP_URL: 'http://127.0.0.1:4000', OTHER: 'x' });
  expect(changed.stage).toBe('dev');
  expect(changed.functions.map(({ environment }) => environment)).toEqual([
    { SHOP_URL: 'http://127.0.0.1:4000', STAGE: 'dev' },
    { STAGE: 'dev' },
  ]);
  expect(withVariables(deployment).functions).toEqual(functions);
});
