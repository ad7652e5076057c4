import { dirname } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Account, readAccount } from './emulator/account.ts';
import { type Beside, openBeside } from './emulator/beside.ts';
import { strangeIn, wrongIn } from './emulator/compare.ts';
import { type Emulator, startEmulator } from './emulator/emulator.ts';
import { deployedResources } from './emulator/resolved.ts';
import { openService, type Service } from './emulator/service.ts';
import { packageService, type Variant } from './packaged.ts';
import { at } from './template.ts';

/*
 * Deploys the other variants than dev onto an emulator, compares the account with the template, and removes them: what
 * `deployed.test.ts` does with dev. It takes half a minute for each, so it runs where `DEPLOYED_VARIANTS` is set.
 */
vi.setConfig({ testTimeout: 400_000 });
beforeEach(({ skip }) => {
  if (!process.env.DEPLOYED_VARIANTS)
    skip('DEPLOYED_VARIANTS=all deploys prod and a cluster onto an emulator');
});

const variants: readonly (readonly [name: string, variant: Variant, left: Record<string, string[]>])[] = [
  [
    'prod',
    { stage: 'prod' },
    {
      buckets: ['soundcheck-prod-lake-000000000000', 'soundcheck-prod-logs-000000000000'],
      tables: ['soundcheck-prod-kpis', 'soundcheck-prod-ledger'],
      secrets: ['soundcheck-prod/shop-api'],
    },
  ],
  ['a cluster', { params: ['warehouse=cluster', 'natGateway=true', 'secretsEndpoint=true'] }, {}],
];

describe.each(variants)('%s', (_, variant, left) => {
  const { stage = 'dev', params = [] } = variant;
  let beside: Beside | undefined;
  let emulator: Emulator | undefined;
  let service: Service | undefined;
  afterAll(async () => {
    await service?.close();
    await emulator?.stop();
    await beside?.close();
  });

  test('is deployed as the template says, and removed but for what it keeps', async () => {
    const { template, file } = await packageService(variant);
    beside = await openBeside();
    emulator = await startEmulator(beside.environment);
    await beside.join(emulator.endpoint);
    service = await openService({ ...emulator.environment, ...beside.environment }, stage);
    await service.takePackage(dirname(file), 'whole');
    const options = params.flatMap((param) => ['--param', param]);
    await service.sls('deploy', '--package', 'whole', ...options);

    const found = await readAccount(`soundcheck-${stage}`, emulator.environment);
    const deployed = deployedResources(template, found.stack ?? {}, {
      roleId: (role) => at(found.roles, role, 'RoleId'),
    });
    expect(wrongIn(found, await emulator.recorded(), deployed)).toEqual([]);
    expect(strangeIn(found, deployed)).toEqual([]);
    expect(deployed.length).toBeGreaterThan(150);

    const said = await service.sls('remove', ...options);
    expect(said.includes('This stage keeps its data.')).toBe(stage === 'prod');
    const after = await readAccount(`soundcheck-${stage}`, emulator.environment);
    expect(namesOf(after)).toEqual(left);
    for (const name of left.buckets ?? [])
      expect(at(after.buckets, name, 'Policy')).toEqual(at(found.buckets, name, 'Policy'));
  });
});

const namesOf = (account: Account) =>
  Object.fromEntries(
    Object.entries(account)
      .map(([kind, all]) => [kind, Object.keys(all).sort()] as const)
      .filter(([, names]) => names.length > 0),
  );
