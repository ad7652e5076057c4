import { at } from '../template.ts';
import type { Account } from './account.ts';
import type { Emulator } from './emulator.ts';
import { differences, intentsOf } from './intent.ts';
import type { DeployedResource } from './resolved.ts';

type Recorded = Awaited<ReturnType<Emulator['recorded']>>;

/** Where an account does not say what the template says of these resources, one text for each place. */
export const wrongIn = (
  found: Account,
  recorded: Recorded,
  deployed: readonly DeployedResource[],
): string[] =>
  deployed.flatMap((resource) => {
    const intents = intentsOf(resource);
    const kept = recorded[resource.type]?.[resource.name];
    if (intents.length === 0 && !kept) return [`${resource.id} (${resource.type}) is nowhere`];
    return [
      ...intents.flatMap(({ kind, name, says }) =>
        at(found[kind], name) === undefined
          ? [`${resource.id}: there is no ${name} among ${kind}`]
          : differences(says, at(found[kind], name), `${resource.id}: ${kind} ${name}`),
      ),
      ...(kept ? differences(resource.properties, kept, `${resource.id}: recorded`) : []),
    ];
  });

/** What an account holds besides these resources. */
export const strangeIn = (found: Account, deployed: readonly DeployedResource[]) => {
  const known = deployed.flatMap((resource) => [
    resource.name,
    ...intentsOf(resource).map(({ name }) => name),
  ]);
  return Object.entries(found)
    .filter(([kind]) => kind !== 'stack')
    .flatMap(([kind, all]) => Object.keys(all).map((name) => ({ kind, name })))
    .filter(({ name }) => !known.includes(name));
};
